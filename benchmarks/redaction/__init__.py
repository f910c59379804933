"""How much of a list of made-up secrets `redact` finds, and what it takes for one."""
