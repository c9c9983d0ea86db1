"""Who may work at the desk: accounts, sign-in, sessions, and the signed record of every operator's act."""
