"""The demo businesses that `bin/run` opens with."""
