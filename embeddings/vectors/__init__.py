"""VECTORS BY KEY → THE NEAREST. Interchangeable: exact, graph, or an engine beside the service."""
