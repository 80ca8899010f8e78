# Included by hot.pyx: tensors that hold values, and their way from and to NumPy and Python numbers.

@cython.final
@cython.no_gc
cdef class EagerTensor(Tensor):
    """A tensor that holds its values."""

    cdef CTensor value
    # Where NumPy would have made a view: weak references to what it would be one of, and the code and the
    # instruction that made it. They refer to no tensor, so there are no cycles for a collector.
    cdef tuple view
    cdef object __weakref__

    @property
    def dtype(self):
        """The dtype of the elements."""
        return dtype_objects[from_dtype(self.value.dtype())]

    @property
    def shape(self):
        """The dimensions, a tuple of ints."""
        return shape_tuple(self.value.shape())

    @property
    def static_shape(self):
        """The dimensions, a tuple of ints."""
        return shape_tuple(self.value.shape())

    def numpy(self):
        """Return a read-only NumPy array over the same memory."""
        return to_numpy(self)

    def __array__(self, dtype=None, *, copy=None):
        array = to_numpy(self)
        if dtype is not None and array.dtype != dtype:
            if copy is False:
                raise ValueError("a conversion to another dtype needs a copy")
            return array.astype(dtype)
        return array.copy() if copy else array

    def item(self):
        """Return the only element as a Python number. Raises ValueError if there is not exactly one."""
        return only_element(self)

    def tolist(self):
        """Return the elements as a (nested) list of Python numbers."""
        return to_numpy(self).tolist()

    def __bool__(self):
        return bool(only_element(self))

    def __int__(self):
        return int(only_element(self))

    def __float__(self):
        return float(only_element(self))

    def __complex__(self):
        return complex(only_element(self))

    def __index__(self):
        element = only_element(self)
        if not isinstance(element, int) or self.value.shape().rank() != 0:
            raise TypeError(f"only an integer scalar can be used as an index, got {self.dtype}{list(self.shape)}")
        return int(element)

    def __getitem__(self, key):
        item = read_item(self, key)
        return above.ops.getitem(self, key) if item is None else item

    def __len__(self):
        if self.value.shape().rank() == 0:
            raise TypeError("a 0-d tensor has no length")
        return (<CShape>self.value.shape())[0]

    def __iter__(self):
        if self.value.shape().rank() == 0:
            raise TypeError("a 0-d tensor cannot be iterated over")
        return map(self.__getitem__, range(len(self)))

    def __contains__(self, element):
        return bool(above.ops.any(self == element))

    def __repr__(self):
        if current_marker() != NULL:
            return (<object>current_marker())(self, "!r")
        body = elements_text(self, "Tensor(")
        if self.size == 0:
            body += f", shape={self.shape}"
        return f"Tensor({body}, dtype={self.dtype.name})"

    def __format__(self, spec):
        if current_marker() != NULL:
            return (<object>current_marker())(self, ":" + spec if spec else "")
        if spec and self.value.shape().rank() == 0:
            return format(only_element(self), spec)
        return format(repr(self) if self.value.shape().rank() else str(only_element(self)), spec)

    def __reduce__(self):
        return rebuild, (to_numpy(self),)

    def copy(self):
        """Return another tensor of the same values. Memory is shared until one of them is written to."""
        if current_builder() != NULL:
            return (<object>current_builder()).lift(self)
        cdef EagerTensor result = wrap(self.value)
        if current_recorder() != NULL:
            tell("became", (result, self))
        return result

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return self.copy()

    def __setitem__(self, key, value):
        cdef bint recorded = current_recorder() != NULL
        if recorded:
            check_changeable(self)
        if is_temporary(self):
            raise TypeError(
                "what is assigned would be lost: an index gives a tensor of its own, not a view. "
                "Write x[i, j] = value for x[i][j] = value"
            )
        if self.view is not None:
            check_no_view(self)
        cdef EagerTensor changed
        if recorded or not write_item(self, key, value):
            changed = above.ops.set_item_in_place(self, key, value)
            self.value = changed.value
            if recorded:
                tell("became", (self, changed))


# Refuses to change a tensor that the function being traced reads as a constant.
cdef int check_changeable(EagerTensor tensor) except -1:
    if current_builder() != NULL:
        raise TypeError(above.ops.captured_text(tensor))
    return 0


# Refuses to write into what NumPy would have made a view of a tensor that is still alive.
cdef int check_no_view(EagerTensor tensor) except -1:
    for reference in <tuple>tensor.view[0]:
        if reference() is not None:
            raise TypeError(above.ops.view_text(*tensor.view[1:]))
    tensor.view = None
    return 0


# Remembers that NumPy's result would be a view of the first operand.
cdef int note_view(EagerTensor result, tuple inputs) except -1:
    if result.value.shape().rank() == 0:
        return 0
    for i in range(1, len(inputs)):
        if isinstance(inputs[i], Tensor) and (<Tensor>inputs[i]).static_shape:
            return 0  # an index array: NumPy copies as well
    base = inputs[0]
    if base is result:
        return 0
    if type(base) is EagerTensor:
        if (<EagerTensor>base).value.shape().rank() != 0:
            mark_view(result, base)
    elif isinstance(base, (Variable, np.ndarray)) and base.ndim:
        result.view = view_made_here((PyWeakref_NewRef(base, None),))
    return 0


cdef int mark_view(EagerTensor result, EagerTensor base) except -1:
    cdef tuple references = (PyWeakref_NewRef(base, None),)
    if base.view is not None:
        references += tuple([one for one in <tuple>base.view[0] if one() is not None])
    result.view = view_made_here(references)
    return 0


def whole_view(Tensor x):
    """Return all of a tensor as ``x[:]`` does: with a value of its own where NumPy would give a view."""
    cdef Tensor part = x.copy()
    if type(part) is EagerTensor:
        note_view(part, (x,))
    else:
        (<SymbolicTensor>part).builder.module.aliases.note_view(part, "slice", (x,), above.ops.whole_attributes(x))
    return part


cpdef str elements_text(EagerTensor tensor, str prefix):
    """Return the elements as repr shows them after a prefix, many of them abridged."""
    if (<CShape>tensor.value.shape()).count() == 0:
        return "[]"
    array = to_numpy(tensor)
    return repr(array.item()) if array.ndim == 0 else np.array2string(array, separator=", ", prefix=prefix)


def rebuild(array):
    """Return the tensor of a pickled NumPy array."""
    return from_numpy(array, not array.flags.writeable)


cdef EagerTensor wrap(const CTensor& value):
    cdef EagerTensor result = EagerTensor.__new__(EagerTensor)
    result.value = value
    return result


cdef tuple shape_tuple(const CShape& shape):
    return tuple([shape.begin()[i] for i in range(shape.rank())])


cdef object to_numpy(EagerTensor tensor):
    cdef cnp.npy_intp dims[16]
    cdef int i
    cdef int rank = tensor.value.shape().rank()
    for i in range(rank):
        dims[i] = tensor.value.shape().begin()[i]
    array = cnp.PyArray_SimpleNewFromData(rank, dims, numpy_type_number(tensor.value.dtype()), tensor.value.data())
    # Not the tensor itself: writing to that must not show in the array.
    cnp.set_array_base(array, wrap(tensor.value))
    cnp.PyArray_CLEARFLAGS(array, cnp.NPY_ARRAY_WRITEABLE)
    return array


cdef object only_element(EagerTensor tensor):
    if (<CShape>tensor.value.shape()).count() != 1:
        raise ValueError(f"only a tensor of one element has a Python value, got shape {list(tensor.shape)}; use any() or all() for a truth value")
    return element_to_python(tensor.value, 0)


# The dtype of a NumPy array.
cdef DType dtype_of_array(cnp.ndarray array):
    cdef int code = dtype_of_numpy(cnp.PyArray_TYPE(array))
    if code >= 0:
        return <DType>dtype_objects[code]
    known = dtype_by_name.get(array.dtype.name) is not None
    raise TypeError(f"NumPy arrays of dtype {array.dtype} are not supported" + (" yet" if known else ""))


# Whether the elements of an array can be read where they lie: contiguous, aligned, in native order, and bools 0 or 1.
cdef bint is_normal(cnp.ndarray array):
    if not (cnp.PyArray_IS_C_CONTIGUOUS(array) and cnp.PyArray_ISBEHAVED_RO(array)):
        return False
    return cnp.PyArray_TYPE(array) != cnp.NPY_BOOL or are_bools(cnp.PyArray_DATA(array), cnp.PyArray_SIZE(array))


# A tensor of the array's values: over its memory if that has normal form and may be borrowed, else over a copy.
cdef CTensor tensor_of_array(object array, bint borrow) except *:
    cdef cnp.ndarray source = array
    cdef DType dtype = dtype_of_array(source)
    cdef CShape shape
    cdef CTensor result
    cdef int i
    cdef bint normal = is_normal(source)
    if source.ndim > 16:
        raise ValueError(f"a tensor has at most 16 dimensions, got {source.ndim}")
    if dtype is bool_ and not normal:
        source = np.require(array.view(np.uint8) != 0, requirements=["C"])
    elif not normal:
        source = np.require(array, dtype=array.dtype.newbyteorder("="), requirements=["C", "A"])
    for i in range(source.ndim):
        shape.append(source.shape[i])
    if borrow or not normal:
        return borrow_memory(cnp.PyArray_DATA(source), to_dtype(dtype.code), shape, source)
    result = new_tensor(to_dtype(dtype.code), shape)
    if result.bytes() != 0:
        memcpy(result.data(), cnp.PyArray_DATA(source), result.bytes())
    return result


def from_numpy(array, borrow):
    """Return a tensor of a NumPy array's (or scalar's) values; with borrow, over its memory where that has normal form."""
    return known_here(wrap(tensor_of_array(np.asarray(array), borrow)))


def has_normal_form(array):
    """Return whether a tensor can share a NumPy array's memory."""
    return is_normal(array)


# A tensor that was made while a graph is traced, if one is: it is a constant of that graph, not something captured.
cdef EagerTensor known_here(EagerTensor tensor):
    cdef PyObject* builder = current_builder()
    if builder != NULL:
        (<object>builder).note_literal(tensor)
    return tensor


def scalar(value, DType dtype):
    """Return a 0-d tensor of a Python number. Raises OverflowError where an integer does not fit."""
    cdef CTensor result
    if not scalar_from_python(value, to_dtype(dtype.code), result):
        raise_current()
    return known_here(wrap(result))


# Raises the Python exception that is set already.
cdef extern from *:
    """
    static inline int raise_current_exception() { return -1; }
    """
    int raise_current "raise_current_exception"() except -1
