# Included by hot.pyx: what the layers above give to this one. Each sets its part once, when it is imported.

@cython.final
cdef class Hooks:
    """What is called, or looked up, in the layers above."""

    # The public functions (pygraph.ops): methods of tensors that are no plain op call go through them.
    cdef public object ops
    # NumPy's protocols for functions of its own that are called on tensors (pygraph.interop).
    cdef public object array_ufunc
    cdef public object array_function
    # Raises a run's fault with the user's lines in its traceback; puts these into that of another exception that stopped
    # a run (pygraph.graph.faults).
    cdef public object raise_fault
    cdef public object add_lines
    # Takes pygraph's frames out of the traceback of an exception that leaves it; says which code that is not converted
    # has called (pygraph.graph.frames).
    cdef public object clean_traceback
    cdef public object unconverted_caller
    # Whether a file is a library's, by its name (pygraph.graph.locations).
    cdef public object library_files
    # Registered classes, each with the functions that take its instances apart and make them; what stands for tensors and
    # for variables in a signature (pygraph.graph.structure).
    cdef public dict registered_classes
    cdef public object spec_type
    cdef public object variable_spec_type
    # The class of Functions bound to an instance; what is told a new limit on the bytes of all graphs, and what drops
    # graphs until they are within it, keeping the one that it is given (pygraph.function).
    cdef public object bound_type
    cdef public object limit_caches
    cdef public object trim_caches

    def __cinit__(self):
        self.library_files = {}
        self.registered_classes = {}


# As this layer knows it, and as the others do.
cdef Hooks above = Hooks()
hooks = above
