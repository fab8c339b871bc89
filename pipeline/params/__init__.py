"""params.yaml as data: read strictly, held whole to its schema, edited without a new layout."""
