"""Contract suites for plugins: inherit one in your tests, and pytest holds your plugin to it.

    from mifakit.testing import ReaderContract

    class TestMyReader(ReaderContract):
        @pytest.fixture
        def reader(self):
            return MyReader()

        @pytest.fixture
        def image_file(self, tmp_path):
            ...  # write or copy a small, valid file

A reader whose images are folders inherits `FolderReaderContract`, and overrides `image_folder`; a format of annotation
files inherits `AnnotationContract`.

Needs pytest, which mifakit itself does not depend on. With
`pytest.register_assert_rewrite("mifakit.testing")` in conftest.py, failures show their values.
"""

from mifakit.testing.annotations import AnnotationContract, check_annotation
from mifakit.testing.readers import DamageContract, FolderReaderContract, ReaderContract, check_facts, damaged

__all__ = [
    "AnnotationContract",
    "DamageContract",
    "FolderReaderContract",
    "ReaderContract",
    "check_annotation",
    "check_facts",
    "damaged",
]
