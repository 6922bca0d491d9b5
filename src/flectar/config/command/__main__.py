"""`python -m flectar.config.command`: the same command without an installed script."""

from flectar.config.command import main

if __name__ == "__main__":
    main()
