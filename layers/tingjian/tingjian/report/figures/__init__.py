"""Figures: what they mean (one SQL text), and their values for a period."""
