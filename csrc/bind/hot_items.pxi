# Included by hot.pyx: items of tensors that hold values, read and written without running an op.

# The item at a key, or None where that is not for this file.
cdef EagerTensor read_item(EagerTensor tensor, object key):
    cdef CItem item
    if current_recorder() != NULL or not item.find(tensor.value.shape(), key):
        return None
    cdef EagerTensor result = wrap(item.read(tensor.value))
    if result.value.shape().rank() != 0:
        mark_view(result, tensor)
    return result


# Write a Python number of a fitting kind, or a tensor of the item's type, to memory that nobody shares. False where that
# is not so.
cdef bint write_item(EagerTensor tensor, object key, object value) except -1:
    cdef CItem item
    cdef CTensor values
    if not item.find(tensor.value.shape(), key) or not tensor.value.is_unshared():
        return False
    if type(value) is EagerTensor:
        values = (<EagerTensor>value).value
        if values.buffer().get() == tensor.value.buffer().get():
            return False
        if values.dtype() != tensor.value.dtype() or not item.shape() == values.shape():
            return False
    elif not fits_kind(type(value), tensor.value.dtype()):
        return False
    elif not scalar_from_python(value, tensor.value.dtype(), values):
        raise_current()
    item.write(tensor.value, values)
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
