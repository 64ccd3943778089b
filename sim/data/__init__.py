"""The shipped evidence: real releases, labs, prices, policy events and observed shares."""
