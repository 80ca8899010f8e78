# Included by hot.pyx: which of the user's lines the running code stands for (pygraph/graph/locations.py).

cdef extern from "Python.h":
    ctypedef struct PyFrameObject:
        pass
    PyFrameObject* PyEval_GetFrame()
    PyFrameObject* PyFrame_GetBack(PyFrameObject*)
    int PyFrame_GetLineNumber(PyFrameObject*)
    int PyFrame_GetLasti(PyFrameObject*)


cdef object library_files = None
cdef int BINARY_OP = opcode.opmap["BINARY_OP"]


@cython.final
cdef class CodeMark:
    """The last constant of every converted code object.

    ``owner`` is the mark of the user's function that a helper is a piece of; None for a function
    itself. ``free`` are the names that the function takes from outside. ``tells`` says whether the
    code tells of what it reads (pygraph/control/reads.py).
    """

    cdef readonly str label
    cdef readonly CodeMark owner
    cdef readonly tuple free
    cdef readonly bint tells

    def __init__(self, str label, CodeMark owner=None, tuple free=(), bint tells=False):
        self.label = label
        self.owner = owner
        self.free = free
        self.tells = tells

    def __repr__(self):
        return f"<converted {self.label}>"


@cython.final
cdef class BoundaryMark:
    """The last constant of a function at which a trace starts."""


def chain_of_calls(library_files, region, tuple outer):
    """Return the user's calls that are running now: (file, line, function), innermost first.

    Frames of library files are left out, and a helper's frame together with the frames up to its
    function count as one entry: the function, at the line where the helper stands. ``outer`` is
    the chain of the frame ``region`` (or None) if that is met.
    """
    cdef list chain = []
    cdef CodeMark folding = None
    cdef PyFrameObject* current = PyEval_GetFrame()
    while current != NULL:
        if <PyObject*>current == <PyObject*>region:
            # A helper that is still to be folded belongs to the innermost entry.
            chain.extend(outer if folding is None else outer[1:])
            break
        code = (<object><PyObject*>current).f_code
        constants = <tuple>code.co_consts
        mark = constants[len(constants) - 1] if constants else None
        if type(mark) is BoundaryMark:
            break
        if folding is not None:
            if mark is folding:
                folding = None
        else:
            filename = code.co_filename
            if not library_files[filename]:
                chain.append((filename, PyFrame_GetLineNumber(current), code.co_name))
                if type(mark) is CodeMark:
                    folding = (<CodeMark>mark).owner
        current = caller_of(current)
    return tuple(chain)


# The frame that called a frame, or NULL. A frame that runs holds its caller: the reference can go.
cdef PyFrameObject* caller_of(PyFrameObject* frame):
    cdef PyFrameObject* caller = PyFrame_GetBack(frame)
    if caller != NULL:
        Py_DECREF(<object><PyObject*>caller)
    return caller


# The innermost code of the user's that is running, and its instruction; the line is for who asks for it.
cdef tuple running_place():
    cdef PyFrameObject* current = PyEval_GetFrame()
    while current != NULL:
        code = (<object><PyObject*>current).f_code
        if not library_files[code.co_filename]:
            return code, PyFrame_GetLasti(current)
        current = caller_of(current)
    return None, 0


# Whether the innermost frame is at an operator of its own, as opposed to a call of operator.iadd.
cdef bint runs_operator():
    cdef PyFrameObject* current = PyEval_GetFrame()
    cdef int last = PyFrame_GetLasti(current) if current != NULL else -1
    return last >= 0 and (<object><PyObject*>current).f_code.co_code[last] == BINARY_OP


def register_library_files(files):
    """Set what tells, by file name, which code is pygraph's own (pygraph.graph.locations)."""
    global library_files
    library_files = files
