"""Independent computations that the product's figures are checked against; nothing here imports the product."""
