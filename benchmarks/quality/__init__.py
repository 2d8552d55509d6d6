"""Quality of the functions on public sets: the sets with their SQL, the measures, the published figures, the run, the page.

========================  ============================================================================================
``sets/``                 what is asked: a module a function, each with its sets, their SQL and what was trained on them
``measures.py``           figures of a set, from its rows
``calibration.py``        whether a probability is what it says
``targets.yml``           what the project aims at
``references.yml``        published figures, each with model and source; ``references.py`` reads both
``running.py``            runs the SQL with the real dbt, through the macros
``results.py``            ``results/quality.json``, and what is said of each set there
``page.py``               writes docs/quality.md, with the words of ``texts.py`` and the pictures of ``pictures.py``
========================  ============================================================================================
"""
