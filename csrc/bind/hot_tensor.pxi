# Included by hot.pyx: the base of all tensors, with its operators and methods.

cdef class Tensor:
    """An n-dimensional array of one dtype, either holding values or standing for a value while tracing."""

    # NumPy's functions, and operators of its arrays with a tensor, come here.
    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        return above.array_ufunc(ufunc, method, inputs, keywords)

    def __array_function__(self, function, types, inputs, keywords):
        return above.array_function(function, inputs, keywords)

    def __init__(self):
        raise TypeError("tensors are made by pygraph.asarray and other functions")

    def __hash__(self):
        # What holds one number is found in a dict or set as that number is.
        if type(self) is EagerTensor and self.ndim == 0:
            return hash(self.item())
        raise TypeError("tensors and variables are not hashable, since == compares their elements")

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
    def __iadd__(self, other):
        return augmented(op_add, self, other)
    def __isub__(self, other):
        return augmented(op_subtract, self, other)
    def __imul__(self, other):
        return augmented(op_multiply, self, other)
    def __itruediv__(self, other):
        return augmented(op_divide, self, other)
    def __ifloordiv__(self, other):
        return augmented(op_floor_divide, self, other)
    def __imod__(self, other):
        return augmented(op_remainder, self, other)
    def __ipow__(self, other):
        return augmented(op_pow, self, other)
    def __imatmul__(self, other):
        return augmented(op_matmul, self, other)
    def __iand__(self, other):
        return augmented(op_bitwise_and, self, other)
    def __ior__(self, other):
        return augmented(op_bitwise_or, self, other)
    def __ixor__(self, other):
        return augmented(op_bitwise_xor, self, other)
    def __ilshift__(self, other):
        return augmented(op_bitwise_left_shift, self, other)
    def __irshift__(self, other):
        return augmented(op_bitwise_right_shift, self, other)
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
        # One bool is a number in Python.
        return above.ops.astype(self, "int64") if self.dtype is bool_ and self.ndim == 0 else self.copy()
    def __abs__(self):
        return apply_op(op_abs, (self,), None)
    def __invert__(self):
        return apply_op(op_bitwise_invert, (self,), None)
    def __round__(self, digits=None):
        return above.ops.round_to(self, digits)
    def __floor__(self):
        return above.ops.as_integer(above.ops.floor(self))
    def __ceil__(self):
        return above.ops.as_integer(above.ops.ceil(self))
    def __trunc__(self):
        return above.ops.as_integer(above.ops.trunc(self))

    def __getitem__(self, key):
        return above.ops.getitem(self, key)

    def __array_namespace__(self, *, api_version=None):
        return above.ops.array_namespace()

    @property
    def ndim(self):
        """The number of dimensions."""
        return len(self.static_shape)

    @property
    def size(self):
        """The number of elements: an int, or a 0-d tensor where a dim is unknown."""
        return above.ops.size_of(self)

    @property
    def T(self):
        """The transpose of a two-dimensional tensor. Raises ValueError for another number of dimensions."""
        if self.ndim != 2:
            raise ValueError(f"T is for tensors of two dimensions, got {self.ndim}; use mT or permute_dims")
        return above.ops.matrix_transpose(self)

    @property
    def mT(self):
        """The transpose of the last two dimensions."""
        return above.ops.matrix_transpose(self)

    @property
    def device(self):
        """Where the elements are: always "cpu"."""
        return "cpu"

    def astype(self, dtype):
        """Return the elements converted to a dtype."""
        return above.ops.astype(self, dtype)

    def reshape(self, *shape):
        """Return the elements under another shape of the same size."""
        return above.ops.reshape(self, shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape)

    def sum(self, axis=None, *, keepdims=False):
        """Return the sum over the given axes, or over all."""
        return above.ops.sum(self, axis=axis, keepdims=keepdims)

    def prod(self, axis=None, *, keepdims=False):
        """Return the product over the given axes, or over all."""
        return above.ops.prod(self, axis=axis, keepdims=keepdims)

    def mean(self, axis=None, *, keepdims=False):
        """Return the mean over the given axes, or over all."""
        return above.ops.mean(self, axis=axis, keepdims=keepdims)

    def max(self, axis=None, *, keepdims=False):
        """Return the maximum over the given axes, or over all."""
        return above.ops.max(self, axis=axis, keepdims=keepdims)

    def min(self, axis=None, *, keepdims=False):
        """Return the minimum over the given axes, or over all."""
        return above.ops.min(self, axis=axis, keepdims=keepdims)

    def all(self, axis=None, *, keepdims=False):
        """Return whether all elements over the given axes are true."""
        return above.ops.all(self, axis=axis, keepdims=keepdims)

    def any(self, axis=None, *, keepdims=False):
        """Return whether any element over the given axes is true."""
        return above.ops.any(self, axis=axis, keepdims=keepdims)
