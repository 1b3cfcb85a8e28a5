"""ISAPI: the client and its event channel against Apache, documents and bodies against made-up ones."""
