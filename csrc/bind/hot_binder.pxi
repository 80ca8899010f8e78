# Included by hot.pyx: from the arguments of a call to canonical ones, one entry per parameter.

cdef object missing = object()
cdef object no_default = inspect.Parameter.empty
# Of defaults that hold no tensor.
cdef tuple plain_types = (type(None), bool, int, float, str, bytes)


@cython.final
cdef class Binder:
    """Binds positional and keyword arguments to parameters, as Python does.

    A canonical tuple has an entry per parameter: the tuple of surplus positional arguments for ``*args``, the dict of
    surplus keyword arguments for ``**kwargs``.
    """

    cdef readonly tuple names  # of all parameters
    cdef tuple defaults        # per parameter; `missing` where there is none
    cdef dict by_keyword       # name -> position of the parameters that may be given by name
    cdef Py_ssize_t positional # how many may be given by position; they come first
    cdef Py_ssize_t rest       # the position of *args, or -1
    cdef Py_ssize_t more       # the position of **kwargs, or -1
    cdef Py_ssize_t simple     # how many positional arguments need no binding, or -1
    cdef object refuse         # raises the TypeError of a call that does not fit

    def __init__(self, parameters, refuse):
        self.refuse = refuse
        self.rest = self.more = -1
        self.by_keyword = {}
        defaults = []
        for i, parameter in enumerate(parameters):
            kind = int(parameter.kind)  # positional only, either, *args, keyword only, **kwargs
            if kind <= 1:
                self.positional += 1
            if kind == 1 or kind == 3:
                self.by_keyword[parameter.name] = i
            if kind == 2:
                self.rest = i
            if kind == 4:
                self.more = i
            defaults.append(missing if parameter.default is no_default else parameter.default)
        self.names = tuple([parameter.name for parameter in parameters])
        self.defaults = tuple(defaults)
        self.simple = self.positional if self.positional == len(defaults) else -1

    def bind(self, tuple args, dict kwargs):
        """Return canonical arguments. Raises TypeError in Python's own words."""
        cdef list bound = self.place(args)
        if bound is None or not self.place_keywords(bound, kwargs):
            return self.give_up(args, kwargs)
        return self.complete(bound, args, kwargs)

    cpdef list sources(self, Py_ssize_t count, tuple names):
        """Return of which arguments, in the order in which they are passed, each canonical one is made.

        That is a tuple of one position, a range for ``*args``, or nothing for a default. None where there are surplus
        keywords, or a default that may hold tensors.
        """
        cdef Py_ssize_t i
        cdef list sources = [()] * len(self.names)
        for i in range(min(count, self.positional)):
            sources[i] = (i,)
        if self.rest >= 0:
            sources[self.rest] = range(self.positional, count)
        for i, name in enumerate(names):
            position = self.by_keyword.get(name)
            if position is None:
                return None
            sources[position] = (count + i,)
        for i in range(len(sources)):
            if sources[i] == () and i != self.rest and i != self.more and type(self.defaults[i]) not in plain_types:
                return None
        return sources

    cdef list place(self, tuple args):
        cdef Py_ssize_t count = len(args)
        cdef Py_ssize_t i
        cdef list bound = [missing] * len(self.names)
        if count > self.positional:
            if self.rest < 0:
                return None
            bound[self.rest] = args[self.positional:]
            count = self.positional
        elif self.rest >= 0:
            bound[self.rest] = ()
        for i in range(count):
            bound[i] = args[i]
        return bound

    cdef bint place_keywords(self, list bound, dict kwargs) except -1:
        cdef dict surplus = {} if self.more >= 0 else None
        for name, value in kwargs.items():
            position = self.by_keyword.get(name)
            if position is None:
                if surplus is None:
                    return False
                surplus[name] = value
            elif bound[position] is not missing:
                return False
            else:
                bound[position] = value
        if surplus is not None:
            bound[self.more] = surplus
        return True

    cdef tuple complete(self, list bound, tuple args, dict kwargs):
        cdef Py_ssize_t i
        for i in range(len(bound)):
            if bound[i] is missing:
                if self.defaults[i] is missing:
                    return self.give_up(args, kwargs)
                bound[i] = self.defaults[i]
        return tuple(bound)

    cdef tuple give_up(self, tuple args, dict kwargs):
        self.refuse(args, kwargs)
        raise TypeError("the arguments do not fit the function's parameters")
