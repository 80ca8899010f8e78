# Included by hot.pyx: the dtype objects.

@cython.final
cdef class DType:
    """An element type. Compares equal to its name and to NumPy's dtype of that name."""

    cdef readonly str name
    cdef readonly int itemsize
    cdef readonly str kind
    cdef readonly bint unsigned
    cdef readonly bint supported
    cdef int code

    def __init__(self):
        raise TypeError("dtypes are made by pygraph only; use pygraph.float64 and its siblings")

    def __repr__(self):
        return "pygraph." + self.name

    def __str__(self):
        return self.name

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        if self is other:
            return True
        if isinstance(other, DType):
            return False
        if isinstance(other, str):
            return self.name == other
        if isinstance(other, (type, np.dtype)):
            try:
                return np.dtype(other).name == self.name
            except TypeError:
                return False
        return NotImplemented

    def __reduce__(self):
        return as_dtype, (self.name,)


cdef list dtype_objects = []
cdef dict dtype_by_name = {}
cdef list kinds = ["bool", "integer", "floating", "complex"]

cdef object _make_dtypes():
    cdef DType dtype
    cdef int code
    for code in range(dtype_count()):
        dtype = DType.__new__(DType)
        dtype.name = dtype_name(code).decode()
        dtype.itemsize = dtype_size(code)
        dtype.kind = kinds[dtype_class(code)]
        dtype.unsigned = dtype_is_unsigned(code)
        dtype.supported = dtype_supported(code)
        dtype.code = code
        dtype_objects.append(dtype)
        dtype_by_name[dtype.name] = dtype

_make_dtypes()

cdef DType bool_ = dtype_by_name["bool"]
cdef DType int64 = dtype_by_name["int64"]
cdef DType float64 = dtype_by_name["float64"]


def as_dtype(value):
    """Return the dtype that a dtype, a name, a NumPy dtype or a Python number type stands for.

    Raises TypeError where there is none, or none that is supported.
    """
    cdef DType dtype
    if type(value) is DType:
        dtype = <DType>value
    else:
        found = dtype_by_name.get(value) if isinstance(value, str) else None
        if found is None:
            try:
                found = dtype_by_name.get(np.dtype(value).name) if value is not None else None
            except TypeError:
                found = None
        if found is None:
            known = ", ".join(name for name, known in dtype_by_name.items() if (<DType>known).supported)
            raise TypeError(f"{value!r} is no dtype of pygraph; there are {known}")
        dtype = <DType>found
    if not dtype.supported:
        raise TypeError(f"{dtype.name} is not supported yet")
    return dtype


# The names of all dtypes, in the order of their codes.
dtype_names = tuple(dtype_by_name)


def is_dtype_of_numpy(dtype):
    """Return whether tensors can have the elements of a NumPy array of this dtype."""
    return dtype_of_numpy((<cnp.dtype>dtype).type_num) >= 0


cdef int numpy_type_number(CDType dtype) except -1:
    cdef int number = numpy_type(from_dtype(dtype))
    if number == cnp.NPY_NOTYPE:
        raise TypeError("this dtype has no NumPy form yet")
    return number
