# The hot door to Python: tensors, the dispatch of ops, and the call path of a Function.
# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# distutils: language = c++
"""Tensors and the call path."""

cimport cython
cimport numpy as cnp
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.object cimport PyObject
from cpython.pycapsule cimport PyCapsule_New
from cpython.ref cimport Py_INCREF
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.string cimport memcpy
from libcpp cimport bool as cbool
from libcpp.memory cimport shared_ptr
from libcpp.string cimport string
from libcpp.vector cimport vector

import weakref

import numpy as np

cnp.import_array()


cdef extern from "base/dtype.hpp" namespace "pygraph" nogil:
    cdef enum class CDType "pygraph::DType"(uint8_t):
        bool_
        int32
        int64
        float32
        float64

cdef extern from "base/shape.hpp" namespace "pygraph" nogil:
    cdef cppclass CShape "pygraph::Shape":
        CShape()
        int rank()
        int64_t& operator[](int)
        const int64_t* begin()
        void append(int64_t) except +
        int64_t count() except +

cdef extern from "base/tensor.hpp" namespace "pygraph" nogil:
    cdef cppclass CBuffer "pygraph::Buffer":
        cbool owned()
    cdef cppclass CBufferRef "pygraph::BufferRef":
        CBuffer* get()
    cdef cppclass CTensor "pygraph::Tensor":
        CTensor()
        CTensor(const CTensor&)
        char* data()
        CDType dtype()
        const CShape& shape()
        size_t bytes() except +
        const CBufferRef& buffer()
    CTensor new_tensor "pygraph::Tensor::empty"(CDType, const CShape&) except +

cdef extern from "bind/hot_support.hpp" namespace "pygraph::bind":
    PyObject* current_builder()
    void set_current_builder(PyObject*)
    cdef cppclass COpRow "pygraph::ops::OpRow":
        pass
    cdef cppclass COperand "pygraph::ops::Operand":
        CDType dtype
        cbool weak
    cdef cppclass CAttribute "pygraph::ir::Attribute":
        pass
    cdef cppclass CModule "pygraph::ir::Module":
        pass
    cdef cppclass CExecutable "pygraph::exec::Executable":
        const CModule& module()
    cdef cppclass RunError:
        int kind
        string message
        uint32_t location
    cdef enum class CErrorKind "pygraph::ErrorKind"(uint8_t):
        pass
    PyObject* exception_type(CErrorKind)
    object location_chain(const CModule&, uint32_t)
    RunError run_executable(CExecutable&, const vector[CTensor]&, vector[CTensor]&, cbool)
    RunError promote_operands(const COpRow&, const vector[COperand]&, vector[CDType]&)
    RunError run_eager(const COpRow&, const vector[CAttribute]&, const vector[CTensor]&, vector[CTensor]&)
    RunError find_op(const char*, const COpRow**)
    RunError parse_attributes(const COpRow&, PyObject*, vector[CAttribute]&)
    cbool takes_inputs(const COpRow&, size_t)
    cbool scalar_from_python(object, CDType, CTensor&)
    object element_to_python(const CTensor&, int64_t)
    CTensor borrow_memory(void*, CDType, const CShape&, object)
    shared_ptr[CExecutable] executable_from(object)

cdef extern from *:
    """
    static inline pygraph::DType to_dtype(int code) { return static_cast<pygraph::DType>(code); }
    static inline int from_dtype(pygraph::DType dtype) { return static_cast<int>(dtype); }
    static inline pygraph::ErrorKind to_kind(int kind) { return static_cast<pygraph::ErrorKind>(kind); }
    static const char* const kDTypeNames[] = {
    #define PYGRAPH_DTYPE(name, type, size, cls, supported) #name,
    #include "base/dtypes.def"
    #undef PYGRAPH_DTYPE
    };
    static inline int dtype_size(int code) { return static_cast<int>(pygraph::itemsize(to_dtype(code))); }
    static inline bool dtype_supported(int code) { return pygraph::info(to_dtype(code)).supported; }
    static inline int dtype_class(int code) { return static_cast<int>(pygraph::info(to_dtype(code)).cls); }
    static inline int dtype_count() { return static_cast<int>(pygraph::kDTypeCount); }
    """
    CDType to_dtype(int)
    int from_dtype(CDType)
    CErrorKind to_kind(int)
    const char** kDTypeNames
    int dtype_size(int)
    cbool dtype_supported(int)
    int dtype_class(int)
    int dtype_count()


# ---- dtypes ----

@cython.final
cdef class DType:
    """An element type. Compares equal to its name and to NumPy's dtype of that name."""

    cdef readonly str name
    cdef readonly int itemsize
    cdef readonly str kind
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
        dtype.name = kDTypeNames[code].decode().rstrip("_")
        dtype.itemsize = dtype_size(code)
        dtype.kind = kinds[dtype_class(code)]
        dtype.supported = dtype_supported(code)
        dtype.code = code
        dtype_objects.append(dtype)
        dtype_by_name[dtype.name] = dtype

_make_dtypes()


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
            raise TypeError(f"{value!r} is no dtype of pygraph")
        dtype = <DType>found
    if not dtype.supported:
        raise TypeError(f"{dtype.name} is not supported yet")
    return dtype


cdef int numpy_type_number(CDType dtype) except -1:
    cdef int code = from_dtype(dtype)
    if code == from_dtype(CDType.bool_):
        return cnp.NPY_BOOL
    if code == from_dtype(CDType.int32):
        return cnp.NPY_INT32
    if code == from_dtype(CDType.int64):
        return cnp.NPY_INT64
    if code == from_dtype(CDType.float32):
        return cnp.NPY_FLOAT32
    if code == from_dtype(CDType.float64):
        return cnp.NPY_FLOAT64
    raise TypeError("this dtype has no NumPy form yet")


# ---- tensors ----

# The public functions, set once by pygraph.ops: methods that are no plain op call go through it.
cdef object ops = None
# What raises an executor's fault with the user's lines in its traceback, set by pygraph.graph.
cdef object raise_fault = None


def register_ops(module):
    """Set the module that tensor methods call."""
    global ops
    ops = module


def register_raise_fault(function):
    """Set the function that raises a run's fault: (exception type, message, location chain)."""
    global raise_fault
    raise_fault = function


cdef class Tensor:
    """An n-dimensional array of one dtype, either holding values or standing for a value while tracing."""

    __array_ufunc__ = None  # NumPy arrays leave mixed operators to the tensor

    def __init__(self):
        raise TypeError("tensors are made by pygraph.asarray and other functions")

    def __hash__(self):
        raise TypeError("tensors are not hashable, since == compares their elements")

    def __add__(self, other):
        return binary(op_add, self, other)
    def __radd__(self, other):
        return binary(op_add, other, self)
    def __sub__(self, other):
        return binary(op_subtract, self, other)
    def __rsub__(self, other):
        return binary(op_subtract, other, self)
    def __mul__(self, other):
        return binary(op_multiply, self, other)
    def __rmul__(self, other):
        return binary(op_multiply, other, self)
    def __truediv__(self, other):
        return binary(op_divide, self, other)
    def __rtruediv__(self, other):
        return binary(op_divide, other, self)
    def __floordiv__(self, other):
        return binary(op_floor_divide, self, other)
    def __rfloordiv__(self, other):
        return binary(op_floor_divide, other, self)
    def __mod__(self, other):
        return binary(op_remainder, self, other)
    def __rmod__(self, other):
        return binary(op_remainder, other, self)
    def __divmod__(self, other):
        return self // other, self % other
    def __rdivmod__(self, other):
        return other // self, other % self
    def __pow__(self, other, modulo):
        if modulo is not None:
            raise TypeError("pow() of tensors takes no modulus")
        return binary(op_pow, self, other)
    def __rpow__(self, other, modulo):
        return binary(op_pow, other, self)
    def __matmul__(self, other):
        return binary(op_matmul, self, other)
    def __rmatmul__(self, other):
        return binary(op_matmul, other, self)
    def __and__(self, other):
        return binary(op_bitwise_and, self, other)
    def __rand__(self, other):
        return binary(op_bitwise_and, other, self)
    def __or__(self, other):
        return binary(op_bitwise_or, self, other)
    def __ror__(self, other):
        return binary(op_bitwise_or, other, self)
    def __xor__(self, other):
        return binary(op_bitwise_xor, self, other)
    def __rxor__(self, other):
        return binary(op_bitwise_xor, other, self)
    def __lshift__(self, other):
        return binary(op_bitwise_left_shift, self, other)
    def __rlshift__(self, other):
        return binary(op_bitwise_left_shift, other, self)
    def __rshift__(self, other):
        return binary(op_bitwise_right_shift, self, other)
    def __rrshift__(self, other):
        return binary(op_bitwise_right_shift, other, self)
    def __lt__(self, other):
        return binary(op_less, self, other)
    def __le__(self, other):
        return binary(op_less_equal, self, other)
    def __gt__(self, other):
        return binary(op_greater, self, other)
    def __ge__(self, other):
        return binary(op_greater_equal, self, other)
    def __eq__(self, other):
        return binary(op_equal, self, other)
    def __ne__(self, other):
        return binary(op_not_equal, self, other)
    def __neg__(self):
        return apply_op(op_negative, (self,), None)
    def __pos__(self):
        return self
    def __abs__(self):
        return apply_op(op_abs, (self,), None)
    def __invert__(self):
        return apply_op(op_bitwise_invert, (self,), None)
    def __round__(self, digits=None):
        return ops.round_to(self, digits)
    def __floor__(self):
        return ops.floor(self)
    def __ceil__(self):
        return ops.ceil(self)
    def __trunc__(self):
        return ops.trunc(self)

    def __getitem__(self, key):
        return ops.getitem(self, key)

    def __array_namespace__(self, *, api_version=None):
        return ops.array_namespace()

    @property
    def ndim(self):
        """The number of dimensions."""
        return len(self.static_shape)

    @property
    def size(self):
        """The number of elements: an int, or a 0-d tensor where a dim is unknown."""
        return ops.size_of(self)

    @property
    def T(self):
        """The matrix transpose of a two-dimensional tensor."""
        return ops.transpose(self)

    @property
    def mT(self):
        """The transpose of the last two dimensions."""
        return ops.matrix_transpose(self)

    @property
    def device(self):
        """Where the elements are: always "cpu"."""
        return "cpu"

    def astype(self, dtype):
        """Return the elements converted to a dtype."""
        return ops.astype(self, dtype)

    def reshape(self, *shape):
        """Return the elements under another shape of the same size."""
        return ops.reshape(self, shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape)

    def sum(self, axis=None, *, keepdims=False):
        """Return the sum over the given axes, or over all."""
        return ops.sum(self, axis=axis, keepdims=keepdims)

    def prod(self, axis=None, *, keepdims=False):
        """Return the product over the given axes, or over all."""
        return ops.prod(self, axis=axis, keepdims=keepdims)

    def mean(self, axis=None, *, keepdims=False):
        """Return the mean over the given axes, or over all."""
        return ops.mean(self, axis=axis, keepdims=keepdims)

    def max(self, axis=None, *, keepdims=False):
        """Return the maximum over the given axes, or over all."""
        return ops.max(self, axis=axis, keepdims=keepdims)

    def min(self, axis=None, *, keepdims=False):
        """Return the minimum over the given axes, or over all."""
        return ops.min(self, axis=axis, keepdims=keepdims)

    def all(self, axis=None, *, keepdims=False):
        """Return whether all elements over the given axes are true."""
        return ops.all(self, axis=axis, keepdims=keepdims)

    def any(self, axis=None, *, keepdims=False):
        """Return whether any element over the given axes is true."""
        return ops.any(self, axis=axis, keepdims=keepdims)


@cython.final
cdef class EagerTensor(Tensor):
    """A tensor that holds its values."""

    cdef CTensor value
    cdef object _key  # its part of a trace key, made on first use
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
        if type(element) is not int or self.value.shape().rank() != 0:
            raise TypeError(f"only an integer scalar can be used as an index, got {self.dtype}{list(self.shape)}")
        return element

    def __len__(self):
        if self.value.shape().rank() == 0:
            raise TypeError("a 0-d tensor has no length")
        return (<CShape>self.value.shape())[0]

    def __iter__(self):
        if self.value.shape().rank() == 0:
            raise TypeError("a 0-d tensor cannot be iterated over")
        return iter([self[i] for i in range(len(self))])

    def __contains__(self, element):
        return bool(ops.any(self == element))

    def __repr__(self):
        array = to_numpy(self)
        body = repr(array.item()) if array.ndim == 0 else np.array2string(array, separator=", ", prefix="Tensor(")
        if array.ndim > 0 and array.size == 0:
            body += f", shape={self.shape}"
        return f"Tensor({body}, dtype={self.dtype.name})"

    def __format__(self, spec):
        if spec and self.value.shape().rank() == 0:
            return format(only_element(self), spec)
        return format(repr(self) if self.value.shape().rank() else str(only_element(self)), spec)

    def __reduce__(self):
        return rebuild, (to_numpy(self),)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def rebuild(array):
    """Return the tensor of a pickled NumPy array."""
    return from_numpy(array, False)


@cython.final
cdef class SymbolicTensor(Tensor):
    """What stands for a tensor while a function is traced: a value of the graph being built."""

    cdef readonly object builder
    cdef readonly Py_ssize_t id
    cdef readonly DType dtype
    # Per dim its size, or a negative number for a size that is not known yet.
    cdef readonly tuple dims
    # Whether it is a Python number still, as far as promotion is concerned.
    cdef readonly bint weak
    cdef readonly str name
    cdef object __weakref__

    @staticmethod
    def make(object builder, Py_ssize_t id, DType dtype, tuple dims, bint weak, str name):
        """Return a new symbolic tensor (for builders only)."""
        cdef SymbolicTensor self = SymbolicTensor.__new__(SymbolicTensor)
        self.builder = builder
        self.id = id
        self.dtype = dtype
        self.dims = dims
        self.weak = weak
        self.name = name
        return self

    @property
    def static_shape(self):
        """The dimensions; None where one is not known while tracing."""
        return tuple([None if dim < 0 else dim for dim in self.dims])

    @property
    def shape(self):
        """The dimensions; one that is not known while tracing is a 0-d int64 tensor."""
        return tuple([ops.dim_size(self, axis) if dim < 0 else dim for axis, dim in enumerate(self.dims)])

    def __len__(self):
        if not self.dims:
            raise TypeError("a 0-d tensor has no length")
        if self.dims[0] < 0:
            raise TypeError("the length of this tensor is not known while tracing; use x.shape[0]")
        return self.dims[0]

    def __iter__(self):
        if not self.dims:
            raise TypeError("a 0-d tensor cannot be iterated over")
        return iter([self[i] for i in range(len(self))])

    def __repr__(self):
        shape = ", ".join("?" if dim < 0 else str(dim) for dim in self.dims)
        label = f"{self.name!r}, " if self.name else ""
        return f"SymbolicTensor({label}{self.dtype.name}[{shape}])"

    def _refuse(self, what, instead):
        name = f" '{self.name}'" if self.name else ""
        raise TypeError(
            f"the tensor{name} has no value while {self.builder.root_name} is traced, so {what} is not possible; {instead}"
        )

    def __bool__(self):
        self._refuse("a Python truth value", "use it in an `if` or `while` of code that AutoGraph converts, or pygraph.cond")

    def __int__(self):
        self._refuse("int()", "use pygraph.astype(x, pygraph.int64)")

    def __float__(self):
        self._refuse("float()", "use pygraph.astype(x, pygraph.float64)")

    def __complex__(self):
        self._refuse("complex()", "use pygraph.astype")

    def __index__(self):
        self._refuse("use as a Python index", "index a tensor with it, or use pygraph.range")

    def __array__(self, dtype=None, *, copy=None):
        self._refuse("conversion to a NumPy array", "use pygraph's functions in place of NumPy's")

    def __contains__(self, element):
        return ops.any(self == element)

    def item(self):
        """Not possible while tracing."""
        self._refuse("item()", "return the tensor and take its item outside")

    def numpy(self):
        """Not possible while tracing."""
        self._refuse("numpy()", "use pygraph's functions in place of NumPy's")

    def tolist(self):
        """Not possible while tracing."""
        self._refuse("tolist()", "return the tensor and take its list outside")

    def __reduce__(self):
        self._refuse("pickling", "return the tensor and pickle its value")


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
    cnp.set_array_base(array, tensor)
    array.flags.writeable = False
    return array


cdef object only_element(EagerTensor tensor):
    if (<CShape>tensor.value.shape()).count() != 1:
        raise ValueError(f"only a tensor of one element has a Python value, got shape {list(tensor.shape)}; use any() or all() for a truth value")
    return element_to_python(tensor.value, 0)


cdef CTensor tensor_of_array(object array, bint borrow) except *:
    cdef cnp.ndarray source
    cdef DType dtype
    cdef CShape shape
    cdef CTensor result
    cdef int i
    name = array.dtype.name
    found = dtype_by_name.get(name)
    if found is None or not (<DType>found).supported:
        raise TypeError(f"NumPy arrays of dtype {array.dtype} are not supported" + (" yet" if found is not None else ""))
    dtype = <DType>found
    if array.ndim > 16:
        raise ValueError(f"a tensor has at most 16 dimensions, got {array.ndim}")
    source = np.require(array, dtype=array.dtype.newbyteorder("="), requirements=["C", "A"])
    for i in range(source.ndim):
        shape.append(source.shape[i])
    if borrow or source is not array:
        return borrow_memory(cnp.PyArray_DATA(source), to_dtype(dtype.code), shape, source)
    result = new_tensor(to_dtype(dtype.code), shape)
    if result.bytes() != 0:
        memcpy(result.data(), cnp.PyArray_DATA(source), result.bytes())
    return result


def from_numpy(array, borrow):
    """Return a tensor of a NumPy array's (or scalar's) values; with borrow, over its memory where that has normal form."""
    return wrap(tensor_of_array(np.asarray(array), borrow))


def scalar(value, DType dtype):
    """Return a 0-d tensor of a Python number. Raises OverflowError where an integer does not fit."""
    cdef CTensor result
    if not scalar_from_python(value, to_dtype(dtype.code), result):
        return propagate()
    return wrap(result)


cdef object propagate():
    # A Python exception is set already; a function that returns nothing with one set raises it.
    raise_current()


cdef extern from *:
    """
    static inline int raise_current_exception() { return -1; }
    """
    int raise_current "raise_current_exception"() except -1


# ---- the dispatch of ops ----

cdef class Op:
    cdef const COpRow* row
    cdef readonly str name


cdef dict op_objects = {}


cdef Op op_named(str name):
    found = op_objects.get(name)
    if found is not None:
        return <Op>found
    cdef Op op = Op.__new__(Op)
    op.name = name
    cdef bytes encoded = name.encode()
    check(find_op(encoded, &op.row), None)
    op_objects[name] = op
    return op


cdef Op op_add = op_named("add")
cdef Op op_subtract = op_named("subtract")
cdef Op op_multiply = op_named("multiply")
cdef Op op_divide = op_named("divide")
cdef Op op_floor_divide = op_named("floor_divide")
cdef Op op_remainder = op_named("remainder")
cdef Op op_pow = op_named("pow")
cdef Op op_matmul = op_named("matmul")
cdef Op op_bitwise_and = op_named("bitwise_and")
cdef Op op_bitwise_or = op_named("bitwise_or")
cdef Op op_bitwise_xor = op_named("bitwise_xor")
cdef Op op_bitwise_left_shift = op_named("bitwise_left_shift")
cdef Op op_bitwise_right_shift = op_named("bitwise_right_shift")
cdef Op op_less = op_named("less")
cdef Op op_less_equal = op_named("less_equal")
cdef Op op_greater = op_named("greater")
cdef Op op_greater_equal = op_named("greater_equal")
cdef Op op_equal = op_named("equal")
cdef Op op_not_equal = op_named("not_equal")
cdef Op op_negative = op_named("negative")
cdef Op op_abs = op_named("abs")
cdef Op op_bitwise_invert = op_named("bitwise_invert")
cdef Op op_astype = op_named("astype")


cdef bint is_operand(object value):
    return isinstance(value, (Tensor, int, float, np.ndarray, np.generic))


cdef object binary(Op op, object left, object right):
    if not is_operand(left) or not is_operand(right):
        return NotImplemented
    return apply_op(op, (left, right), None)


cdef object apply_op(Op op, tuple inputs, dict attributes):
    cdef PyObject* builder = current_builder()
    cdef object results
    if builder != NULL:
        results = (<object>builder).record(op.name, inputs, attributes or {})
    else:
        results = run_op(op, inputs, attributes)
    return results[0] if len(results) == 1 else results


def apply(str op, tuple inputs, dict attributes=None):
    """Record an op in the graph being traced, or run it at once; a tuple for several results."""
    return apply_op(op_named(op), inputs, attributes)


cdef tuple run_op(Op op, tuple inputs, dict attributes):
    cdef vector[COperand] operands
    cdef vector[CTensor] tensors
    cdef vector[CTensor] outputs
    cdef vector[CDType] dtypes
    cdef vector[CAttribute] parsed
    cdef COperand operand
    cdef CTensor tensor
    cdef size_t i
    cdef size_t count = len(inputs)
    cdef list python_numbers = None
    if not takes_inputs(op.row[0], count):
        raise TypeError(f"{op.name} does not take {count} arrays")
    for i in range(count):
        value = inputs[i]
        operand.weak = False
        tensor = CTensor()
        if type(value) is EagerTensor:
            tensor = (<EagerTensor>value).value
            operand.dtype = tensor.dtype()
        elif type(value) is bool:
            operand.dtype = CDType.bool_
        elif type(value) is int:
            operand.dtype = CDType.int64
            operand.weak = True
        elif type(value) is float:
            operand.dtype = CDType.float64
            operand.weak = True
        elif isinstance(value, (np.ndarray, np.generic)):
            tensor = tensor_of_array(np.asarray(value), True)
            operand.dtype = tensor.dtype()
        elif type(value) is SymbolicTensor:
            raise leaked(value)
        elif isinstance(value, (bool, int, float)):
            return run_op(op, inputs[:i] + (plain_number(value),) + inputs[i + 1:], attributes)
        else:
            raise TypeError(f"{op.name}: argument {i + 1} must be a tensor, a NumPy array or a number, got {type(value).__name__}")
        operands.push_back(operand)
        tensors.push_back(tensor)
    check(promote_operands(op.row[0], operands, dtypes), None)
    for i in range(count):
        if isinstance(inputs[i], (bool, int, float)) and not isinstance(inputs[i], np.generic):
            if not scalar_from_python(inputs[i], dtypes[i], tensors[i]):
                propagate()
        elif tensors[i].dtype() != dtypes[i]:
            tensors[i] = converted(tensors[i], dtypes[i])
    check(parse_attributes(op.row[0], <PyObject*>attributes if attributes is not None else NULL, parsed), None)
    check(run_eager(op.row[0], parsed, tensors, outputs), None)
    return tuple([wrap(output) for output in outputs])


cdef object plain_number(object value):
    if isinstance(value, int):
        return int(value)
    return float(value)


cdef CTensor converted(const CTensor& tensor, CDType dtype) except *:
    cdef vector[CAttribute] parsed
    cdef vector[CTensor] inputs
    cdef vector[CTensor] outputs
    attributes = {"dtype": (<DType>dtype_objects[from_dtype(dtype)]).name}
    check(parse_attributes(op_astype.row[0], <PyObject*>attributes, parsed), None)
    inputs.push_back(tensor)
    check(run_eager(op_astype.row[0], parsed, inputs, outputs), None)
    return outputs[0]


cdef object leaked(SymbolicTensor tensor):
    return tensor.builder.leak_error(tensor)


cdef int check(const RunError& error, CompiledGraph graph) except -1:
    if error.kind == -1:
        return 0
    if error.kind == -2:
        return -1  # the exception is set
    kind = <object>exception_type(to_kind(error.kind))
    message = error.message.decode("utf-8", "replace")
    if graph is None or raise_fault is None:
        raise kind(message)
    raise_fault(kind, message, location_chain(graph.executable.get().module(), error.location))
    return 0


# ---- tracing state ----

def current():
    """Return the builder that this thread traces into, or None."""
    cdef PyObject* builder = current_builder()
    return None if builder == NULL else <object>builder


def exchange_current(builder):
    """Make a builder (or None) this thread's current one; return the former one. The caller keeps it alive."""
    cdef PyObject* former = current_builder()
    if builder is None:
        set_current_builder(NULL)
    else:
        set_current_builder(<PyObject*>builder)
    return None if former == NULL else <object>former


# ---- graphs and functions ----

cdef class CompiledGraph:
    """A planned graph and how its results become what the Python function returned."""

    cdef shared_ptr[CExecutable] executable
    cdef bint single
    cdef list template     # per leaf of the result: the index of an output, or a Constant
    cdef object unflatten  # leaves to the structure; None for a single leaf
    cdef object __weakref__

    def __init__(self, capsule, list template, unflatten):
        self.executable = executable_from(capsule)
        self.template = template
        self.unflatten = unflatten
        self.single = unflatten is None and len(template) == 1 and type(template[0]) is int

    def run_flat(self, tuple tensors):
        """Run on tensors in the order of the graph's inputs, checked against their types."""
        cdef vector[CTensor] inputs
        cdef EagerTensor tensor
        for value in tensors:
            tensor = value
            inputs.push_back(tensor.value)
        return self.run(inputs, True)

    cdef object run(self, const vector[CTensor]& inputs, bint checked):
        cdef vector[CTensor] outputs
        cdef size_t i
        check(run_executable(self.executable.get()[0], inputs, outputs, checked), self)
        if self.single:
            return wrap(own(outputs[0]))
        leaves = []
        for entry in self.template:
            if type(entry) is int:
                i = entry
                leaves.append(wrap(own(outputs[i])))
            else:
                leaves.append((<Constant>entry).value)
        return leaves[0] if self.unflatten is None else self.unflatten(leaves)


@cython.final
cdef class Constant:
    """A leaf of a result that is no tensor: a Python value known since the trace."""

    cdef readonly object value

    def __init__(self, value):
        self.value = value


# A result that would alias memory borrowed from NumPy gets memory of its own.
cdef CTensor own(const CTensor& tensor) except *:
    cdef CTensor copy
    if tensor.buffer().get().owned():
        return tensor
    copy = new_tensor(tensor.dtype(), tensor.shape())
    if copy.bytes() != 0:
        memcpy(copy.data(), tensor.data(), copy.bytes())
    return copy


cdef object key_of(EagerTensor tensor):
    if tensor._key is None:
        tensor._key = tensor_key(tensor.value)
    return tensor._key


cdef object tensor_key(const CTensor& tensor):
    cdef char bytes[1 + 16 * 8]
    cdef int rank = tensor.shape().rank()
    bytes[0] = <char>from_dtype(tensor.dtype())
    memcpy(bytes + 1, tensor.shape().begin(), rank * sizeof(int64_t))
    return PyBytes_FromStringAndSize(bytes, 1 + rank * sizeof(int64_t))


# Whether Functions run their Python code as it is.
cdef bint run_eagerly = False


def set_run_eagerly(bint value):
    """Set whether Functions run eagerly, for debugging; return what it was."""
    global run_eagerly
    former = run_eagerly
    run_eagerly = value
    return former


cdef class FunctionCore:
    """The call path of a Function: from arguments to a trace key to a cached graph to results."""

    cdef readonly object python_function
    cdef readonly dict graphs   # trace key -> CompiledGraph
    cdef Py_ssize_t arity       # how many positional arguments need no binding; -1: always bind
    cdef object fixed_key       # the key of the only graph of a function with an input signature
    cdef object __weakref__

    def __init__(self, python_function, Py_ssize_t arity, fixed_key=None):
        self.python_function = python_function
        self.fixed_key = fixed_key
        self.graphs = {}
        self.arity = arity

    def __call__(self, /, *args, **kwargs):
        cdef vector[CTensor] inputs
        cdef list parts
        if current_builder() != NULL:
            return self.call_while_tracing(args, kwargs)
        if run_eagerly:
            return self.python_function(*args, **kwargs)
        if len(kwargs) != 0 or len(args) != self.arity:
            args = self.bind(args, kwargs)
        parts = []
        for value in args:
            encode(self, value, parts, inputs)
        key = tuple(parts) if self.fixed_key is None else self.fixed_key
        graph = self.graphs.get(key)
        if graph is None:
            graph = self.trace(key, args)
        return (<CompiledGraph>graph).run(inputs, False)

    def key_of_arguments(self, tuple args):
        """Return the trace key of canonical arguments."""
        cdef vector[CTensor] inputs
        cdef list parts = []
        for value in args:
            encode(self, value, parts, inputs)
        return tuple(parts)

    def tensors_of_arguments(self, tuple args):
        """Return the tensors among canonical arguments, in the order of a graph's inputs."""
        cdef vector[CTensor] inputs
        cdef list parts = []
        for value in args:
            encode(self, value, parts, inputs)
        return tuple([wrap(tensor) for tensor in inputs])


# Appends an argument's part of the trace key and its tensors.
cdef int encode(FunctionCore function, object value, list parts, vector[CTensor]& inputs) except -1:
    cdef CTensor tensor
    kind = type(value)
    if kind is EagerTensor:
        parts.append(key_of(<EagerTensor>value))
        inputs.push_back((<EagerTensor>value).value)
    elif kind is int or kind is bool or kind is str or kind is bytes or value is None:
        parts.append(kind)
        parts.append(value)
    elif kind is float:
        parts.append(kind)
        parts.append(float_key(value))
    elif kind is tuple or kind is list:
        parts.append(kind)
        parts.append(len(value))
        for item in value:
            encode(function, item, parts, inputs)
    elif isinstance(value, (np.ndarray, np.generic)):
        tensor = tensor_of_array(np.asarray(value), True)
        parts.append(tensor_key(tensor))
        inputs.push_back(tensor)
    else:
        leaves, described = function.describe_argument(value)
        parts.append(described)
        for item in leaves:
            encode(function, item, parts, inputs)
    return 0


# The bits: -0.0 is not 0.0, and a NaN equals itself.
cdef object float_key(double value):
    cdef int64_t bits
    memcpy(&bits, &value, sizeof(bits))
    return bits


# ---- what the cold module needs ----

cdef struct TensorApi:
    PyObject* (*wrap)(const CTensor*) noexcept
    const CTensor* (*unwrap)(PyObject*) noexcept


cdef PyObject* api_wrap(const CTensor* tensor) noexcept:
    try:
        result = wrap(tensor[0])
    except BaseException as error:
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
