# Included by hot.pyx: what stands for a tensor while a function is traced.

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
    # What it is made of where it is no object of its own: a view of another tensor, or one of several (pygraph.graph.aliases).
    cdef public object link
    # What the values were that it was made of.
    cdef public object stamp
    # Whether NumPy's arrays are its model: then what is written into a view of it is written into it.
    cdef public bint has_views
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
        return tuple([above.ops.dim_size(self, axis) if dim < 0 else dim for axis, dim in enumerate(self.dims)])

    def copy(self):
        """Return another tensor of the same value."""
        builder = current()
        cdef SymbolicTensor own = self if builder is None else builder.lift(self)
        return SymbolicTensor.make(own.builder, own.id, own.dtype, own.dims, own.weak, own.name)

    def state(self):
        """Return what :meth:`become` brings back."""
        cdef SymbolicTensor own = SymbolicTensor.make(self.builder, self.id, self.dtype, self.dims, self.weak, self.name)
        own.stamp = self.stamp
        return own

    def become(self, SymbolicTensor other):
        """Take on the value of another tensor."""
        self.builder = other.builder
        self.id = other.id
        self.dtype = other.dtype
        self.dims = other.dims
        self.weak = other.weak
        self.stamp = other.stamp

    def __setitem__(self, key, value):
        above.ops.write_item(self, key, value)

    def __len__(self):
        if not self.dims:
            raise TypeError("a 0-d tensor has no length")
        if self.dims[0] < 0:
            raise TypeError("the length of this tensor is not known while tracing; use x.shape[0]")
        return self.dims[0]

    def __iter__(self):
        if not self.dims:
            raise TypeError("a 0-d tensor cannot be iterated over")
        return map(self.__getitem__, range(len(self)))

    def __repr__(self):
        if current_marker() != NULL:
            return (<object>current_marker())(self, "!r")
        shape = ", ".join("?" if dim < 0 else str(dim) for dim in self.dims)
        label = f"{self.name!r}, " if self.name else ""
        return f"SymbolicTensor({label}{self.dtype.name}[{shape}])"

    def _refuse(self, what, instead):
        name = f" '{self.name}'" if self.name else ""
        raise TypeError(
            f"the tensor{name} has no value while {self.builder.root_name} is traced, so {what} is not possible; {instead}. To look"
            " at values, pygraph.runtime.run_functions_eagerly(True) runs functions as plain Python"
            + above.unconverted_caller()
        )

    def __format__(self, spec):
        if current_marker() != NULL:
            return (<object>current_marker())(self, ":" + spec if spec else "")
        if spec:
            self._refuse(f"the format {spec!r}", "format it in code that AutoGraph converts, for print, assert or raise")
        return repr(self)

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
        return above.ops.any(self == element)

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
