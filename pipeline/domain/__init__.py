"""The subject of a workspace, as data: what data/domain/ says of it, read strictly.

The engine knows no subject. What a folder leaves out is empty here, and whoever needs it derives
it from the plan and the corpus, or says that it judges nothing of the kind.
"""
