# Included by hot.pyx: which of the user's lines the running code stands for (pygraph/graph/locations.py).

cdef extern from "Python.h":
    ctypedef struct PyFrameObject:
        pass
    PyFrameObject* PyEval_GetFrame()
    PyFrameObject* PyFrame_GetBack(PyFrameObject*)
    int PyFrame_GetLineNumber(PyFrameObject*)
    int PyFrame_GetLasti(PyFrameObject*)
    ctypedef struct PyCodeObject:
        PyObject* co_filename
    PyCodeObject* PyFrame_GetCode(PyFrameObject*)


cdef int BINARY_OP = opcode.opmap["BINARY_OP"]
# By identity, code objects with their instructions, which Python copies each time.
cdef dict instructions = {}
cdef int MOST_INSTRUCTIONS = 256


@cython.final
cdef class CodeMark:
    """The last constant of every converted code object.

    ``owner`` is the mark of the user's function that a helper is a piece of; None for a function
    itself. ``free`` are the names that the function takes from outside. ``tells`` says whether the
    code tells of what it reads (pygraph/control/changes/reads.py).
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


def chain_of_calls(region, tuple outer):
    """Return the user's calls that are running now: (file, line, function), innermost first.

    Frames of library files are left out, and a helper's frame together with the frames up to its
    function count as one entry: the function, at the line where the helper stands. ``outer`` is
    the chain of the frame ``region`` (or None) if that is met.
    """
    library_files = above.library_files
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


# The code of a frame. The frame holds it: the reference can go.
cdef PyCodeObject* code_of(PyFrameObject* frame):
    cdef PyCodeObject* code = PyFrame_GetCode(frame)
    Py_DECREF(<object><PyObject*>code)
    return code


# Whether a frame is one of pygraph's own.
cdef bint is_library(PyCodeObject* code) except -1:
    cdef PyObject* known = PyDict_GetItemWithError(above.library_files, <object>code.co_filename)
    return <object>known if known != NULL else above.library_files[<object>code.co_filename]


# What shares memory in NumPy, the innermost code of the user's that is running, and its instruction: the line is for
# who asks for it.
cdef tuple view_made_here(tuple references):
    cdef PyFrameObject* current = PyEval_GetFrame()
    cdef PyCodeObject* code
    while current != NULL:
        code = code_of(current)
        if not is_library(code):
            return references, <object><PyObject*>code, PyFrame_GetLasti(current)
        current = caller_of(current)
    return references, None, 0


# Whether the innermost frame is at an operator of its own, as opposed to a call of operator.iadd.
cdef bint runs_operator() except -1:
    cdef PyFrameObject* current = PyEval_GetFrame()
    if current == NULL:
        return False
    code = <object><PyObject*>code_of(current)
    known = instructions.get(<size_t><PyObject*>code)
    if known is None:
        if len(instructions) >= MOST_INSTRUCTIONS:
            instructions.clear()
        known = instructions[<size_t><PyObject*>code] = (code, code.co_code)
    return (<bytes>(<tuple>known)[1])[PyFrame_GetLasti(current)] == BINARY_OP
