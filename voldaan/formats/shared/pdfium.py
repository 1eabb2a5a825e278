"""PDFium, which reads and draws PDFs, is not made for threads: whoever uses it holds this lock."""

from threading import Lock

ONE_AT_A_TIME = Lock()
