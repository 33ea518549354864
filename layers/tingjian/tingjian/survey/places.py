"""What a place looks like in the lists of this area: `<0 or 1>#<time>#<id>`, in the index and as a cursor. Pure."""

import re

PLACE = re.compile(r"[01]#\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9]{12}-[0-9]{1,8}", re.ASCII)
