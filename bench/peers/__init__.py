"""Side by side with other libraries: the same work, in turn, each library in its own environment.

``python -m bench peers --install`` makes the environments, ``--run`` measures; an interrupted run
goes on where it stopped. ``work.py`` says what is computed, ``libraries/`` how each does it.
"""
