# Included by hot.pyx: variables. As an operand a variable stands for the value that it has at that moment.

@cython.final
cdef class Variable(Tensor):
    """A place that holds a tensor of one dtype and shape, and can be assigned another.

    It takes part in arithmetic, comparisons and indexing with the value that it has at that moment.
    Functions that capture it or take it as an argument see later assignments; their own happen at
    each call, in program order. Among threads a read, an ``assign``, ``assign_add``, ``assign_sub``
    and ``v[key] = value`` happen each at once.

    ``==`` compares elements, so that a variable has no hash: use ``is``, or ``id(v)`` as a key.
    ``v += x`` raises TypeError, since it would bind the name to a plain tensor; ``v[...] += x`` and
    ``v.assign_add(x)`` change the variable. ``copy`` and ``pickle`` make another variable of the
    same value.

    >>> v = pg.Variable([1.0, 2.0], name="v")
    >>> v.assign_add(0.5)
    Variable([1.5, 2.5], dtype=float64, shape=(2,), name='v')
    >>> v[0] = 7
    >>> v * 2
    Tensor([14.,  5.], dtype=float64)
    >>> @pg.function
    ... def scale(x):
    ...     v.assign(v * x)
    >>> scale(10.0)
    >>> v.tolist()
    [70.0, 25.0]
    """

    cdef shared_ptr[CVariable] place
    cdef readonly str name
    cdef readonly bint trainable
    cdef object __weakref__

    def __init__(self, initial, *, dtype=None, trainable=True, name=""):
        """Make a variable of the value, dtype and shape of ``initial``.

        initial: a tensor, NumPy array, number or nested list; ``dtype``, where given, converts it.
        ``trainable`` and ``name`` are for whoever uses the variable; errors and files show the name.

        While a function is traced, the value must not depend on its inputs, and only the first
        trace of a function may make variables. Raises TypeError otherwise.
        """
        cdef PyObject* builder = current_builder()
        cdef EagerTensor value
        if builder != NULL:
            value = (<object>builder).initial_value(initial, dtype, name)
        else:
            value = above.ops.asarray(initial, dtype=dtype)
        self.place = make_variable(value.value)
        self.name = name
        self.trainable = trainable

    @property
    def dtype(self):
        """The dtype of the elements."""
        return dtype_objects[from_dtype(self.place.get().dtype())]

    @property
    def shape(self):
        """The dimensions, a tuple of ints."""
        return shape_tuple(self.place.get().shape())

    @property
    def static_shape(self):
        """The dimensions, a tuple of ints."""
        return shape_tuple(self.place.get().shape())

    def snapshot(self):
        """Return the value that it has now, at once also while a function is traced."""
        return wrap(self.place.get().read())

    def read(self):
        """Return the value that it has now: a tensor, symbolic while tracing."""
        cdef PyObject* recorder = current_recorder()
        if recorder == NULL:
            return wrap(self.place.get().read())
        if current_builder() != NULL:
            return (<object>recorder).read_variable(self)
        value = wrap(self.place.get().read())
        tell("read", (self, value))
        return value

    def copy(self):
        """Return its value now as a tensor."""
        return self.read()

    # A list counts as the numbers in it: it takes the variable's dtype where its own is of a class that fits.
    cdef object listed(self, object value):
        if not isinstance(value, (list, tuple)):
            return value
        tensor = above.ops.asarray(value)
        fits = kinds.index(tensor.dtype.kind) <= kinds.index(self.dtype.kind)
        return above.ops.astype(tensor, self.dtype) if fits else tensor

    @property
    def place_id(self):
        """A number that two objects for the same place have in common."""
        return <size_t>self.place.get()

    def alias(self):
        """Return another Variable for the same place."""
        cdef Variable other = Variable.__new__(Variable)
        other.place = self.place
        other.name = self.name
        other.trainable = self.trainable
        return other

    def __reduce__(self):
        return restore_variable, (self.snapshot(), self.trainable, self.name)

    def __copy__(self):
        return restore_variable(*self.__reduce__()[1])

    def label(self):
        """Return how errors name it."""
        return f"the variable {self.name!r}" if self.name else "a variable"

    def assign(self, value):
        """Put another value in its place; return the variable.

        value: of the variable's dtype and shape; a number or list where its class fits. Raises
        TypeError or ValueError otherwise.
        """
        apply_to_variable("assign_variable", self, (self.listed(value),))
        return self

    def assign_add(self, value):
        """Add to its value, at once also among threads; return the variable.

        value: of a dtype and shape whose sum with the variable is of the variable's. Raises
        TypeError or ValueError otherwise.
        """
        apply_to_variable("assign_add", self, (self.listed(value),))
        return self

    def assign_sub(self, value):
        """Subtract from its value, at once also among threads; return the variable.

        value: as for ``assign_add``.
        """
        apply_to_variable("assign_subtract", self, (self.listed(value),))
        return self

    def __setitem__(self, key, value):
        above.ops.set_variable_item(self, key, value)

    def _no_in_place(self, what):
        raise TypeError(f"'{what}' would make {self.label()} a plain tensor; use assign, assign_add or assign_sub")

    def __iadd__(self, other):
        self._no_in_place("+=")

    def __isub__(self, other):
        self._no_in_place("-=")

    def __imul__(self, other):
        self._no_in_place("*=")

    def __itruediv__(self, other):
        self._no_in_place("/=")

    def __ifloordiv__(self, other):
        self._no_in_place("//=")

    def __imod__(self, other):
        self._no_in_place("%=")

    def __ipow__(self, other):
        self._no_in_place("**=")

    def __imatmul__(self, other):
        self._no_in_place("@=")

    def __iand__(self, other):
        self._no_in_place("&=")

    def __ior__(self, other):
        self._no_in_place("|=")

    def __ixor__(self, other):
        self._no_in_place("^=")

    def __ilshift__(self, other):
        self._no_in_place("<<=")

    def __irshift__(self, other):
        self._no_in_place(">>=")

    def numpy(self):
        """Return its value now as a read-only NumPy array."""
        return self.read().numpy()

    def item(self):
        """Return the only element as a Python number."""
        return self.read().item()

    def tolist(self):
        """Return the elements as a (nested) list of Python numbers."""
        return self.read().tolist()

    def __array__(self, dtype=None, *, copy=None):
        return self.read().__array__(dtype, copy=copy)

    def __bool__(self):
        return bool(self.read())

    def __int__(self):
        return int(self.read())

    def __float__(self):
        return float(self.read())

    def __complex__(self):
        return complex(self.read())

    def __index__(self):
        return self.read().__index__()

    def __len__(self):
        if not self.shape:
            raise TypeError("a 0-d variable has no length")
        return self.shape[0]

    def __iter__(self):
        return iter(self.read())

    def __repr__(self):
        name = f", name={self.name!r}" if self.name else ""
        if current_marker() != NULL:
            elements = (<object>current_marker())(self.read(), "!s")
        else:
            elements = elements_text(self.snapshot(), "Variable(")
        return f"Variable({elements}, dtype={self.dtype.name}, shape={self.shape}{name})"

    def __format__(self, spec):
        return format(self.read(), spec)


def restore_variable(EagerTensor value, trainable, name):
    """Return the variable that was pickled or copied: a place of its own with that value."""
    cdef Variable variable = Variable.__new__(Variable)
    variable.place = make_variable(value.value)
    variable.trainable = trainable
    variable.name = name
    return variable
