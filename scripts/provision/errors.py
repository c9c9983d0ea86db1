"""SetupError
├── PythonMissing   no interpreter of a wanted version runs
├── DiskFull        too little room for the environments
└── InstallFailed   pip could not fetch or install a package

Every message names the thing, what was tried and the fix; it is printed as it is, without a traceback.
"""


class SetupError(Exception):
    """The machine cannot be set up; the message says why and what to do."""


class PythonMissing(SetupError):
    pass


class DiskFull(SetupError):
    pass


class InstallFailed(SetupError):
    pass
