# Included by hot.pyx: who records what a thread does. A builder takes ops in place of their being run (hot_builder.pxi);
# any other recorder is told of what has run (pygraph.graph.recorder says what of).

# Tells the recorder of this thread, which is no builder. What it does itself is not recorded.
cdef int tell(str what, tuple event) except -1:
    cdef PyObject* recorder = current_recorder()
    told = <object>recorder
    set_current_recorder(NULL, False)
    try:
        getattr(told, what)(*event)
    finally:
        set_current_recorder(recorder, False)
    return 0


# Whether this thread has a recorder that is told of what has run.
cdef inline bint is_watched():
    return current_recorder() != NULL and current_builder() == NULL


def current():
    """Return the builder that this thread traces into, or None."""
    cdef PyObject* builder = current_builder()
    return None if builder == NULL else <object>builder


def exchange_recorder(recorder):
    """Make a builder, another recorder or None this thread's; return the former one. The caller keeps it alive."""
    cdef PyObject* former = current_recorder()
    if recorder is None:
        set_current_recorder(NULL, False)
    else:
        set_current_recorder(<PyObject*>recorder, isinstance(recorder, BuilderCore))
    return None if former == NULL else <object>former
