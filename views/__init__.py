"""What a user sees: one module a page, and the components the pages share."""
