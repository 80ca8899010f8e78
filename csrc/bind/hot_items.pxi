# Included by hot.pyx: items of tensors that hold values, read and written at integers without running an op.

# Where a key of Python ints points: how many axes it indexes, and the position among the parts of
# that size. False for other keys and for an index out of range, which the ops deal with.
cdef bint find_item(const CShape& shape, object key, int* axes, int64_t* position) except -1:
    if type(key) is int:
        axes[0] = 1
        position[0] = 0
        return add_index(shape, 0, key, position)
    if type(key) is not tuple:
        return False
    axes[0] = len(<tuple>key)
    position[0] = 0
    cdef int axis
    for axis in range(axes[0]):
        if type((<tuple>key)[axis]) is not int or not add_index(shape, axis, (<tuple>key)[axis], position):
            return False
    return True


cdef bint add_index(const CShape& shape, int axis, object key, int64_t* position) except -1:
    if axis >= shape.rank():
        return False
    cdef int overflow = 0
    cdef int64_t size = shape.begin()[axis]
    cdef int64_t index = PyLong_AsLongLongAndOverflow(key, &overflow)
    if overflow != 0 or index < -size or index >= size:
        return False
    position[0] = position[0] * size + (index + size if index < 0 else index)
    return True


# The item at a key, or None where that is not for this file.
cdef EagerTensor read_item(EagerTensor tensor, object key):
    cdef int axes
    cdef int64_t position
    cdef CShape shape
    cdef CTensor part
    if current_builder() != NULL or not find_item(tensor.value.shape(), key, &axes, &position):
        return None
    for axis in range(axes, tensor.value.shape().rank()):
        shape.append(tensor.value.shape().begin()[axis])
    part = new_tensor(tensor.value.dtype(), shape)
    memcpy(part.data(), tensor.value.data() + position * <int64_t>part.bytes(), part.bytes())
    return wrap(part)


# Write a Python number of a fitting kind to one element of memory that nobody shares. False where
# that is not so.
cdef bint write_element(EagerTensor tensor, object key, object value) except -1:
    cdef int axes
    cdef int64_t position
    cdef CTensor element
    if not fits_kind(type(value), tensor.value.dtype()) or not tensor.value.is_unshared():
        return False
    if not find_item(tensor.value.shape(), key, &axes, &position) or axes != tensor.value.shape().rank():
        return False
    if not scalar_from_python(value, tensor.value.dtype(), element):
        raise_current()
    memcpy(tensor.value.data() + position * <int64_t>element.bytes(), element.data(), element.bytes())
    return True


# Whether a number of exactly this Python type may be written to elements of the dtype: bool, int, float
# are of classes 0, 1, 2, and a number fits its own class; an int any above that too.
cdef bint fits_kind(object kind, CDType dtype):
    cdef int elements = dtype_class(from_dtype(dtype))
    if kind is bool:
        return elements == 0
    if kind is int:
        return elements >= 1
    return kind is float and elements >= 2
