"""What the base of all models promises."""

import pytest
from pydantic import ValidationError

from tingjian.platform.models import Frozen


class Person(Frozen):
    """Somebody."""

    age: int


def test_error_of_a_model_does_not_quote_what_somebody_wrote() -> None:
    with pytest.raises(ValidationError) as caught:
        Person.model_validate({"age": "13812345678 王芳"})

    assert "王芳" not in str(caught.value)
