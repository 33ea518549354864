"""What customers let us write or call about: opt-outs by purpose, quiet hours, and the page to change them."""
