# Included by hot.pyx: the call path of what has its graphs already: concrete functions and loaded programs.

cdef class GraphCaller:
    """What picks one of the graphs that it has, by the arguments of a call. A call like a recent one needs no choice."""

    cdef vectorcallfunc vectorcall
    cdef CRecentCalls recent

    def __cinit__(self):
        self.vectorcall = <vectorcallfunc>enter_graphs

    def __call__(self, /, *args, **kwargs):
        names = tuple(kwargs)
        passed = args + tuple(kwargs.values())
        return call_graphs(self, <PyObject**>tuple_items(passed), len(args), <PyObject*>names if kwargs else NULL)

    def choose(self, tuple args, dict kwargs):
        """Return the CompiledGraph, its inputs, the variables among the arguments, and the inputs' sources.

        The sources tell of which arguments, in the order in which they are passed, each part of the inputs is made, as
        Binder.sources does; None where that can't be said. Raises TypeError or ValueError where no graph fits.
        """
        raise NotImplementedError

    def call_while_tracing(self, tuple args, dict kwargs):
        """Record a call in the graph being traced."""
        raise NotImplementedError


cdef class CompiledGraph(GraphCaller)
cdef class CallRecorder


cdef object call_graphs(object callable, PyObject** args, size_t flagged_count, PyObject* names):
    cdef GraphCaller caller = <GraphCaller>callable
    cdef CompiledGraph graph
    cdef CallRecorder recorder
    cdef Py_ssize_t count = PyVectorcall_NARGS(flagged_count)
    cdef CCallPattern* pattern
    if current_recorder() != NULL:
        return call_graphs_recorded(caller, positional_of(args, count), keywords_of(args, count, names))
    pattern = caller.recent.find(args, count, names)
    found = None if pattern == NULL else pattern.graph()
    if found is not None:
        return run_recent(<CompiledGraph>found, pattern[0])
    graph, tensors, variables, sources = caller.choose(positional_of(args, count), keywords_of(args, count, names))
    result = graph.run_flat(tensors, variables)
    if sources is not None:
        recorder = CallRecorder.__new__(CallRecorder)
        recorder.literals_only = True
        recorder.wanted = len(tensors)
        remember(&caller.recent, recorder, graph, args, count, names, sources)
    return result


cdef object call_graphs_recorded(GraphCaller caller, tuple args, dict kwargs):
    cdef CompiledGraph graph
    cdef PyObject* recorder = current_recorder()
    if current_builder() != NULL:
        return caller.call_while_tracing(args, kwargs)
    set_current_recorder(NULL, False)
    try:
        graph, tensors, variables, _ = caller.choose(args, kwargs)
        result = graph.run_flat(tensors, variables)
    finally:
        set_current_recorder(recorder, False)
    tell("called", (graph, tensors, tuple(variables), result))
    return result
