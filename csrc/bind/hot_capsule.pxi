# Included by hot.pyx: the two functions by which the cold module passes tensors.

cdef struct TensorApi:
    PyObject* (*wrap)(const CTensor*) noexcept
    const CTensor* (*unwrap)(PyObject*) noexcept


cdef PyObject* api_wrap(const CTensor* tensor) noexcept:
    try:
        result = wrap(tensor[0])
    except BaseException as error:
        PyErr_SetObject(type(error), error)  # what `except` has taken is raised again by the caller
        return NULL
    Py_INCREF(result)
    return <PyObject*>result


cdef const CTensor* api_unwrap(PyObject* object_) noexcept:
    value = <object>object_
    if type(value) is EagerTensor:
        return &(<EagerTensor>value).value
    return NULL


cdef TensorApi api_table
api_table.wrap = api_wrap
api_table.unwrap = api_unwrap
tensor_api = PyCapsule_New(&api_table, NULL, NULL)
