"""The command line for operators: `tingjian`."""
