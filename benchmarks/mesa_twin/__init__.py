"""The demand side again, agent by agent, on Mesa: written from docs/ODD.md and not from the code.

It imports the declarations of `sim` (numbers, tables of evidence, calendar) and none of its rules.
Where ODD.md leaves something open, the reading taken here is marked R1, R2, ... at the line that
takes it; docs/docking.md lists them.
"""
