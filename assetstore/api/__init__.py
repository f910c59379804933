"""What a Python program works with: `Store`, its `Document` objects and its `Blob` s.

What can be done is a method of what it is done to.
"""

from assetstore.api.blob import Blob
from assetstore.api.document import Document
from assetstore.api.store import Store, open_store

__all__ = ["Blob", "Document", "Store", "open_store"]
