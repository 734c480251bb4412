"""Updates: fetched or received, stored before they are acknowledged, handled once each."""
