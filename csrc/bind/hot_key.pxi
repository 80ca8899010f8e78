# Included by hot.pyx: the trace key, by which a call finds its graph.

# What an entry of a key is; the low byte of its first word. 1 is a tensor (KeyWords::kTensor).
cdef enum Tag:
    TAG_NONE = 2
    TAG_FALSE
    TAG_TRUE
    TAG_INT
    TAG_LONG
    TAG_FLOAT
    TAG_COMPLEX
    TAG_STR
    TAG_BYTES
    TAG_TUPLE
    TAG_LIST
    TAG_DICT
    TAG_ORDERED_DICT
    TAG_DEFAULT_DICT
    TAG_NAMED_TUPLE
    TAG_DATACLASS
    TAG_SET
    TAG_FROZENSET
    TAG_ENUM
    TAG_RANGE
    TAG_SLICE
    TAG_REGISTERED
    TAG_OWN
    TAG_METHOD
    TAG_IDENTITY
    TAG_EQUAL
    TAG_NUMBER_INPUT
    TAG_VARIABLE


# Per dataclass, the names of its fields. Weak, so that local classes can go.
cdef object field_names = weakref.WeakKeyDictionary()


@cython.final
@cython.freelist(16)
cdef class TraceKey:
    """What of a call's arguments selects the graph. Hashable; equal keys share a graph."""

    cdef CKeyWords words
    cdef list objects     # what is compared by ==; None if there is nothing
    cdef list told        # takes the inputs and variables as they were passed, for a recorder; else None
    cdef list watched     # while a graph is entered: the objects whose death removes it
    cdef bint erase_dims  # leave the dims of tensors out
    cdef bint specs       # take TensorSpecs for tensors
    # The Python numbers that are inputs of the graphs, each as (position of the argument, number among the ints and
    # floats in it); None if there are none.
    cdef object number_inputs
    cdef Py_ssize_t argument      # the position of the argument at hand
    cdef Py_ssize_t numbers_seen  # in it
    cdef Py_hash_t hashed # 0: not known yet

    def __hash__(self):
        cdef uint64_t value
        cdef Py_hash_t part_hash
        if self.hashed == 0:
            value = self.words.hash()
            if self.objects is not None:
                for part in self.objects:
                    part_hash = hash(part)
                    value = value * 1000003 ^ <uint64_t>part_hash
            # Neither the mark of an error (-1) nor that of a hash not known yet.
            self.hashed = <Py_hash_t>(value >> 1) | 1
        return self.hashed

    def __eq__(self, other):
        if type(other) is not TraceKey or not self.words.equals((<TraceKey>other).words):
            return False
        if self.objects is None:
            return (<TraceKey>other).objects is None
        return self.objects == (<TraceKey>other).objects

    cdef int push_object(self, long long tag, object part) except -1:
        self.words.push(tag)
        if self.objects is None:
            self.objects = []
        self.objects.append(part)
        return 0

    cdef int push_watched(self, object value) except -1:
        self.words.push_pointer(<PyObject*>value)
        if self.watched is not None:
            self.watched.append(value)
        return 0


# Appends an argument to the key, and its tensors to the inputs. Leaves come in the order of
# pygraph.graph.structure.flatten.
cdef int encode(object value, TraceKey key, CTensorList& inputs) except -1:
    kind = type(value)
    if kind is EagerTensor:
        key.words.push_tensor((<EagerTensor>value).value, key.erase_dims)
        inputs.push((<EagerTensor>value).value)
        if key.told is not None:
            key.told.append(value)
        return 0
    if kind is np_ndarray:
        return encode_array(value, key, inputs)
    if key.number_inputs is not None and (kind is int or kind is float) and encode_number_input(value, key, inputs):
        return 0
    if encode_number(value, key):
        return 0
    if kind is str:
        return key.push_object(TAG_STR, value)
    if kind is tuple or kind is list or kind is dict:
        enter_recursive_call()
        try:
            if kind is dict:
                return encode_dict(<dict>value, TAG_DICT, key, inputs)
            return encode_items(value, TAG_TUPLE if kind is tuple else TAG_LIST, key, inputs)
        finally:
            leave_recursive_call()
    enter_recursive_call()
    try:
        return encode_other(value, key, inputs)
    finally:
        leave_recursive_call()


cdef int encode_array(object array, TraceKey key, CTensorList& inputs) except -1:
    cdef CTensor tensor = tensor_of_array(array, True)
    key.words.push_tensor(tensor, key.erase_dims)
    inputs.push(tensor)
    if key.told is not None:
        key.told.append(array)
    return 0


# A Python number that is an input of the graph: its type is in the key, its value among the inputs.
cdef bint encode_number_input(object value, TraceKey key, CTensorList& inputs) except -1:
    cdef CTensor tensor
    kind = type(value)
    place = key.argument, key.numbers_seen
    key.numbers_seen += 1
    if place not in key.number_inputs or kind is int and not -(1 << 63) <= value < 1 << 63:
        return False
    if not scalar_from_python(value, to_dtype((int64 if kind is int else float64).code), tensor):
        raise_current()
    key.words.push(TAG_NUMBER_INPUT | (256 if kind is int else 512))
    inputs.push(tensor)
    if key.told is not None:
        key.told.append(value)
    return True


# A part of an argument that is no leaf of it: its numbers are values.
cdef int encode_part(object value, TraceKey key, CTensorList& inputs) except -1:
    number_inputs = key.number_inputs
    key.number_inputs = None
    encode(value, key, inputs)
    key.number_inputs = number_inputs
    return 0


# Whether the value is None, a bool, an int, a float or a complex; it is appended then.
cdef bint encode_number(object value, TraceKey key) except -1:
    cdef int overflow = 0
    cdef long long number
    kind = type(value)
    if kind is float:
        key.words.push(TAG_FLOAT)
        key.words.push(float_bits(value))
    elif kind is int:
        number = PyLong_AsLongLongAndOverflow(value, &overflow)
        if overflow != 0:
            if overflow < 0 or value >= 1 << 64:
                raise OverflowError(f"the integer {short_text(value)} fits no dtype")
            key.push_object(TAG_LONG, value)
        else:
            key.words.push(TAG_INT)
            key.words.push(number)
    elif value is None:
        key.words.push(TAG_NONE)
    elif kind is bool:
        key.words.push(TAG_TRUE if value is True else TAG_FALSE)
    elif kind is complex:
        key.words.push(TAG_COMPLEX)
        key.words.push(float_bits(value.real))
        key.words.push(float_bits(value.imag))
    else:
        return False
    return True


cdef str short_text(object value):
    try:
        text = repr(value)
    except ValueError:  # more digits than Python is willing to print
        return f"of {value.bit_length()} bits"
    return text if len(text) <= 60 else text[:57] + "..."


cdef int encode_items(object items, int tag, TraceKey key, CTensorList& inputs) except -1:
    key.words.push(tag | <long long>len(items) << 8)
    for item in items:
        encode(item, key, inputs)
    return 0


cdef int encode_dict(dict value, int tag, TraceKey key, CTensorList& inputs) except -1:
    key.words.push(tag | <long long>len(value) << 8)
    keys = sorted_keys(value)
    for name in keys:
        if type(name) is str:
            key.push_object(TAG_STR, name)
        else:
            encode_part(name, key, inputs)
    for name in keys:
        encode(value[name], key, inputs)
    return 0


# In sorted order, so that insertion order makes no difference; keys of unlike types have none.
cdef list sorted_keys(dict value):
    keys = list(value)
    if len(keys) > 1:
        try:
            keys.sort()
        except TypeError:
            return list(value)
    return keys


cdef int encode_other(object value, TraceKey key, CTensorList& inputs) except -1:
    kind = type(value)
    if kind is bytes:
        return key.push_object(TAG_BYTES, value)
    if isinstance(value, np.generic) or isinstance(value, np.ndarray):
        return encode_array(np.asarray(value), key, inputs)
    if kind is OrderedDict:
        return encode_dict(<dict>value, TAG_ORDERED_DICT, key, inputs)
    if kind is defaultdict:
        encode_dict(<dict>value, TAG_DEFAULT_DICT, key, inputs)
        return encode(value.default_factory, key, inputs)
    if kind is range or kind is slice:
        return encode_range(value, key, inputs)
    if kind is set or kind is frozenset:
        return key.push_object(TAG_SET if kind is set else TAG_FROZENSET, literal(value))
    if kind is Variable:
        # Which arguments are the same variable is a part of the key, which variable it is is not.
        key.words.push(TAG_VARIABLE | <long long>inputs.push_variable((<Variable>value).place.get()) << 8)
        key.words.push_type((<Variable>value).place.get().dtype(), (<Variable>value).place.get().shape(), False)
        if key.told is not None:
            key.told.append(value)
        return 0
    if isinstance(value, SymbolicTensor):
        raise value.builder.leak_error(value)
    if hasattr(kind, "__pygraph_trace_type__"):
        key.words.push_pointer(<PyObject*>kind)
        own = value.__pygraph_trace_type__()
        hash(own)
        return key.push_object(TAG_OWN, (kind, own))
    if isinstance(value, Enum):
        return key.push_object(TAG_ENUM, Same(value))
    return encode_class(value, kind, key, inputs)


cdef int encode_class(object value, object kind, TraceKey key, CTensorList& inputs) except -1:
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        key.push_object(TAG_NAMED_TUPLE, kind)
        return encode_items(value, TAG_TUPLE, key, inputs)
    registration = above.registered_classes.get(kind)
    if registration is not None:
        children, extra = registration[0](value)
        key.push_object(TAG_REGISTERED, (kind, extra))
        return encode_items(tuple(children), TAG_TUPLE, key, inputs)
    if hasattr(kind, "__dataclass_fields__"):
        names = fields_of(kind)
        key.push_object(TAG_DATACLASS, kind)
        return encode_items([getattr(value, name) for name in names], TAG_TUPLE, key, inputs)
    if key.specs and (kind is above.spec_type or kind is above.variable_spec_type):
        if kind is above.variable_spec_type:
            key.words.push(TAG_VARIABLE | <long long>value.alias << 8)
        # As a tensor of that type; what stands for a Python number in promotion is another type.
        weak = 1 if kind is above.spec_type and value.weak else 0
        key.words.push(1 | <long long>(<DType>value.dtype).code << 8 | <long long>len(value.shape) << 16 | <long long>weak << 48)
        for dim in value.shape:
            key.words.push(-1 if dim is None else dim)
        return 0
    if is_array_like(value):
        return encode_array(array_of(value), key, inputs)
    return encode_opaque(value, kind, key)


cpdef tuple fields_of(object kind):
    """Return the names of a dataclass's fields."""
    names = field_names.get(kind)
    if names is None:
        import dataclasses  # which takes its time to load, and is there if there is a dataclass

        names = tuple([field.name for field in dataclasses.fields(kind)])
        field_names[kind] = names
    return names


cdef int encode_range(object value, TraceKey key, CTensorList& inputs) except -1:
    key.words.push(TAG_RANGE if type(value) is range else TAG_SLICE)
    for part in (value.start, value.stop, value.step):
        if isinstance(part, (Tensor, np.ndarray, np.generic)):
            raise TypeError("a slice of tensors cannot be an argument; pass its ends on their own")
        encode_part(part, key, inputs)
    return 0


# Functions and other objects: by identity, or by == where the class defines it together with a hash. Words hold
# addresses, which stay valid because the graphs of an object go when it dies.
cdef int encode_opaque(object value, object kind, TraceKey key) except -1:
    if kind is MethodType or kind is BoundCore:
        key.words.push(TAG_METHOD)
        key.push_watched(value.__func__)
        return key.push_watched(value.__self__)
    if kind in one_shot_types or hasattr(kind, "__next__") and hasattr(kind, "__iter__") and not hasattr(kind, "read"):
        raise TypeError(f"an iterator ({kind.__name__}) cannot be an argument: it would be used up while tracing; pass a list")
    if not compares_by_value(kind):
        key.words.push(TAG_IDENTITY)
        return key.push_watched(value)
    key.words.push_pointer(<PyObject*>kind)
    try:
        reference = weakref.ref(value)
    except TypeError:
        reference = value
    key.push_object(TAG_EQUAL, reference)
    if key.watched is not None:
        key.watched.append(value)
    return 0


cdef bint compares_by_value(object kind):
    return (
        kind.__eq__ is not object.__eq__
        and kind.__hash__ is not None
        and kind.__hash__ is not object.__hash__
        and not issubclass(kind, type)
    )


@cython.final
cdef class Same:
    """Equal to what stands for the very same object."""

    cdef object value

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return hash(<size_t><PyObject*>self.value)

    def __eq__(self, other):
        return type(other) is Same and self.value is (<Same>other).value


# A hashable form of a set's element, or of a set: by type and value.
cdef object literal(object value):
    kind = type(value)
    if kind is float:
        return kind, float_bits(value)
    if kind is complex:
        return kind, float_bits(value.real), float_bits(value.imag)
    if value is None or kind is bool or kind is int or kind is str or kind is bytes:
        return kind, value
    if kind is tuple:
        return kind, tuple([literal(item) for item in value])
    if kind is set or kind is frozenset:
        return kind, frozenset([literal(item) for item in value])
    if isinstance(value, Enum):
        return kind, Same(value)
    raise TypeError(f"a set that is an argument may hold numbers, strings and other literals only, not a {kind.__name__}")


def is_array_like(value):
    """Return whether an argument becomes an input of the graph: a tensor, or what offers to be an array."""
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        return True
    kind = type(value)
    return (hasattr(kind, "__dlpack__") or hasattr(kind, "__array__")) and not isinstance(value, type)


def array_of(value):
    """Return the NumPy array of what offers to be one."""
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value)
    if hasattr(type(value), "__array__"):
        return np.asarray(value)
    return np.from_dlpack(value)
