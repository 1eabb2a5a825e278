"""`python -m voldaan` is the `voldaan` command."""

from voldaan.config.entry import main

if __name__ == "__main__":
    main()
