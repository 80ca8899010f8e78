# Included by hot.pyx: how the outputs of a graph become what the Python function returned.

@cython.final
cdef class Constant:
    """A leaf of a result that is no tensor: a Python value known since the trace."""

    cdef readonly object value

    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return Constant, (self.value,)


cdef enum ResultKind:
    RESULT_TENSOR
    RESULT_CONSTANT
    RESULT_TUPLE
    RESULT_LIST
    RESULT_DICT
    RESULT_OTHER


# A structure (pygraph.graph.structure) with its leaves, laid out for being made at each call: plain containers without
# Python code.
@cython.final
cdef class ResultNode:
    cdef ResultKind kind
    cdef size_t output    # of a tensor
    cdef object value     # of a constant; of `other` the structure, which makes the container
    cdef list children    # of a dict in its own order
    cdef tuple names      # of a dict

    cdef object make(self, vector[CTensor]& outputs):
        cdef ResultNode child
        if self.kind == RESULT_TENSOR:
            own(outputs[self.output])
            return wrap(outputs[self.output])
        if self.kind == RESULT_CONSTANT:
            return self.value
        if self.kind == RESULT_TUPLE:
            return self.make_tuple(outputs)
        if self.kind == RESULT_DICT:
            return self.make_dict(outputs)
        parts = [child.make(outputs) for child in self.children]
        return parts if self.kind == RESULT_LIST else self.value.assemble(parts)

    cdef tuple make_tuple(self, vector[CTensor]& outputs):
        cdef Py_ssize_t i
        cdef ResultNode child
        cdef tuple items = PyTuple_New(len(self.children))
        for i, child in enumerate(self.children):
            item = child.make(outputs)
            Py_INCREF(item)
            PyTuple_SET_ITEM(items, i, item)
        return items

    cdef dict make_dict(self, vector[CTensor]& outputs):
        cdef Py_ssize_t i
        cdef ResultNode child
        cdef dict values = {}
        for i, child in enumerate(self.children):
            values[self.names[i]] = child.make(outputs)
        return values


# `leaves` gives for each leaf the index of an output, or a Constant.
cdef ResultNode result_node(object structure, object leaves):
    cdef ResultNode node = ResultNode.__new__(ResultNode)
    kind = structure.kind
    if kind == "leaf":
        leaf = next(leaves)
        if type(leaf) is int:
            node.kind = RESULT_TENSOR
            node.output = leaf
        else:
            node.kind = RESULT_CONSTANT
            node.value = (<Constant?>leaf).value
        return node
    node.children = [result_node(child, leaves) for child in structure.children]
    if kind == "none":
        node.kind = RESULT_CONSTANT
    elif kind == "tuple":
        node.kind = RESULT_TUPLE
    elif kind == "list":
        node.kind = RESULT_LIST
    elif kind == "dict" and structure.key[0] is dict:
        node.kind = RESULT_DICT
        node.names = structure.order or structure.key[2]
        by_name = dict(zip(structure.key[2], node.children))
        node.children = [by_name[name] for name in node.names]
    else:
        node.kind = RESULT_OTHER
        node.value = structure
    return node


# A result that would alias memory borrowed from NumPy gets memory of its own.
cdef inline int own(CTensor& tensor) except -1:
    return 0 if tensor.buffer().get().owned() else copy_elements(tensor)


cdef int copy_elements(CTensor& tensor) except -1:
    cdef CTensor copy = new_tensor(tensor.dtype(), tensor.shape())
    if copy.bytes() != 0:
        memcpy(copy.data(), tensor.data(), copy.bytes())
    (&tensor)[0] = copy
    return 0
