"""One file a command: `add_arguments(parser)`, `run(args) -> int`; its docstring's first line is its help."""
