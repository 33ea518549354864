"""What is made of the features' declarations: `python -m infra.assemble` writes it, `--check` compares."""
