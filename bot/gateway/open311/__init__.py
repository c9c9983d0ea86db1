"""Open311 GeoReport v2: the public interface by which other programs file reports and follow them."""
