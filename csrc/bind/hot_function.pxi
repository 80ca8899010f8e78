# Included by hot.pyx: compiled graphs, and the way of a call from arguments to results.

# Counts calls, so that the graph that was used least recently can be found.
cdef long long clock = 0


cdef class CompiledGraph(GraphCaller):
    """A planned graph and how its results become what the Python function returned."""

    cdef shared_ptr[CExecutable] executable
    cdef ResultNode result
    cdef list variables    # in the graph's order: a Variable that it captured, or the position of an argument's
    cdef CVariableSlots slots
    cdef readonly tuple hidden_inputs  # tensors and arrays that it captured, which follow the inputs
    cdef CHiddenInputs hidden          # likewise; and what must not have changed
    cdef public list exceptions  # those that the graph raises, by number; empty for a graph from a file
    cdef readonly long long calls      # how often it ran
    cdef readonly long long last_used  # when it ran last, on the process's count of calls
    cdef int64_t plans_seen  # how many plans it had when the caches were trimmed last
    # The plan, if every run goes by this one and is brief; and its variables.
    cdef CPlannedRun* brief
    cdef vector[CVariable*] captured
    cdef Guards guarded    # None if the graph depends on its arguments alone
    cdef CGuards* checks   # its own, or NULL
    cdef object __weakref__

    def __init__(self, capsule, list template, structure, list variables, tuple hidden_inputs=(), contents=()):
        """``contents`` has the arrays and tensors that must not have changed, each with its bytes."""
        self.executable = executable_from(capsule)
        self.plans_seen = self.executable.get().plans_made()
        self.variables = variables
        for entry in variables:
            if type(entry) is int:
                self.slots.push_argument(entry)
            else:
                self.slots.push_captured((<Variable?>entry).place.get())
        self.hidden_inputs = hidden_inputs
        for value in hidden_inputs:
            self.hidden.add(<PyObject*>value, dtype_of_captured(value))
        for value, content in contents:
            self.hidden.add_content(<PyObject*>value, <bytes>content, len(<bytes>content))
        self.exceptions = []
        self.result = result_node(structure, iter(template))
        if self.slots.all_captured():
            self.brief = self.executable.get().brief_plan()
            self.captured = self.slots.resolve()

    def run_flat(self, tuple tensors, list variables):
        """Run on tensors in the order of the graph's inputs, checked against their types.

        ``variables`` are the distinct ones among the arguments.
        """
        cdef CTensorList inputs
        for entry in variables:
            inputs.push_variable((<Variable?>entry).place.get())
        for value in tensors:
            if type(value) is SymbolicTensor:
                raise (<SymbolicTensor>value).builder.leak_error(value)
            inputs.push((<EagerTensor?>value).value)
        return self.run(inputs, True)

    def touch(self):
        """Count as used now."""
        self.last_used = clock

    @property
    def guards(self):
        """The checks of what the trace read as Python values; None if there are none."""
        return self.guarded

    @guards.setter
    def guards(self, Guards value):
        self.guarded = value
        self.checks = NULL
        if value is not None and len(value) != 0:
            self.checks = &value.guards

    def is_current(self):
        """Return whether what the trace read as Python values is still the same."""
        return holds(self)

    cdef object run(self, CTensorList& inputs, bint checked):
        cdef EagerTensor tensor
        cdef vector[CTensor] outputs
        self.count()
        for value in self.hidden_inputs:
            push_input(value, inputs)
        if self.result.kind == RESULT_TENSOR:
            tensor = EagerTensor.__new__(EagerTensor)
            check(run_graph(self.executable.get()[0], inputs, &tensor.value, self.slots, checked), self)
            own(tensor.value)
            result = tensor
        else:
            outputs.resize(self.executable.get().output_count())
            check(run_graph(self.executable.get()[0], inputs, outputs.data(), self.slots, checked), self)
            result = self.result.make(outputs)
        if self.executable.get().plans_made() != self.plans_seen:
            self.plans_seen = self.executable.get().plans_made()
            above.trim_caches(self)
        return result

    # On the inputs that a call matched. No Python code runs until the results are there.
    cdef object run_brief(self, const CCallPattern& pattern):
        cdef EagerTensor tensor
        cdef vector[CTensor] outputs
        self.count()
        if self.result.kind == RESULT_TENSOR:
            tensor = EagerTensor.__new__(EagerTensor)
            check(run_brief(self.brief[0], pattern, &tensor.value, self.captured), self)
            own(tensor.value)
            return tensor
        outputs.resize(self.executable.get().output_count())
        check(run_brief(self.brief[0], pattern, outputs.data(), self.captured), self)
        return self.result.make(outputs)

    cdef inline void count(self):
        global clock
        clock += 1
        self.calls += 1
        self.last_used = clock


cdef CDType dtype_of_captured(object value) except *:
    if type(value) is EagerTensor:
        return (<EagerTensor>value).value.dtype()
    return to_dtype(dtype_of_array(value).code)


# Whether Functions run their Python code as it is.
cdef bint run_eagerly = False


def set_run_eagerly(bint value):
    """Set whether Functions run eagerly, for debugging; return what it was."""
    global run_eagerly
    former = run_eagerly
    run_eagerly = value
    return former


def set_cache_limit(limit):
    """Tell the limit on the bytes of all graphs."""
    above.limit_caches(limit)


cdef class FunctionCore:
    """The call path of a Function: from arguments to a trace key to a cached graph to results."""

    cdef vectorcallfunc vectorcall
    cdef readonly object python_function
    cdef readonly dict graphs      # trace key -> CompiledGraph; `remove_graph` and `clear_graphs` take from it
    cdef CRecentCalls recent       # of which the graphs are in the cache
    cdef public Binder binder
    # The Python function's code and defaults as it was taken; NULL and None where it is no plain function.
    cdef PyFunction* plain_function
    cdef object own_code
    cdef object own_defaults
    cdef Guards own_keyword_defaults  # None if there are none
    cdef readonly dict instances   # id of an instance -> (what holds it, the FunctionCore of its method)
    cdef object fixed_key          # the key of the only graph of a function with an input signature
    cdef public object number_inputs  # as in TraceKey
    cdef object __weakref__

    def __cinit__(self):
        self.vectorcall = <vectorcallfunc>enter_function

    def __init__(self, python_function, Binder binder, fixed_key=None):
        self.python_function = python_function
        self.fixed_key = fixed_key
        self.binder = binder
        self.graphs = {}
        self.instances = {}
        self.plain_function = NULL

    def take_code(self, Guards keyword_defaults):
        """Take the code and the defaults of the Python function as those that it is called with."""
        self.plain_function = NULL
        if type(self.python_function) is types.FunctionType:
            self.plain_function = <PyFunction*>self.python_function
            self.own_code = self.python_function.__code__
            self.own_defaults = self.python_function.__defaults__
            self.own_keyword_defaults = keyword_defaults

    def __call__(self, /, *args, **kwargs):
        if current_recorder() != NULL or run_eagerly:
            method = None if not args else method_of(self, args[0])
            if method is not None:
                self, args = method, args[1:]
            if current_builder() != NULL:
                return self.call_while_tracing(args, kwargs)
            return self.call_eagerly(args, kwargs) if run_eagerly else call_told(self, args, kwargs)
        names = tuple(kwargs)
        passed = args + tuple(kwargs.values())
        return call_unlike(self, <PyObject**>tuple_items(passed), len(args), <PyObject*>names if kwargs else NULL)

    def __get__(self, instance, owner):
        if instance is None:
            return self
        entry = self.instances.get(<size_t><PyObject*>instance)
        if entry is None:
            return self.bind_instance(instance)
        return bound_to(<FunctionCore>(<tuple>entry)[1], instance)

    def remove_graph(self, key):
        """Take the graph of a key out of the cache, if there is one."""
        self.recent.clear()
        self.graphs.pop(key, None)

    def renew_if_outdated(self):
        """Take the Python function anew where it has other code or defaults now."""
        if is_outdated(self):
            self.renew()

    def clear_graphs(self):
        """Take all graphs out of the cache."""
        self.recent.clear()
        self.graphs.clear()

    def key_of_arguments(self, tuple args, *, bint specs=False, bint erase_dims=False, list watched=None):
        """Return the trace key of canonical arguments.

        With ``specs`` a TensorSpec stands for a tensor; with ``erase_dims`` only the ranks of tensors count. Objects
        that are held by identity or equality are appended to ``watched``.
        """
        cdef CTensorList inputs
        cdef TraceKey key = TraceKey.__new__(TraceKey)
        key.specs = specs
        key.erase_dims = erase_dims
        key.watched = watched
        encode_all(self, <PyObject**>tuple_items(args), len(args), key, inputs)
        key.watched = None
        return key

    def tensors_of_arguments(self, tuple args):
        """Return the tensors among canonical arguments, in the order of a graph's inputs."""
        cdef CTensorList inputs
        cdef size_t i
        encode_all(self, <PyObject**>tuple_items(args), len(args), TraceKey.__new__(TraceKey), inputs)
        return tuple([wrap(inputs.data()[i]) for i in range(inputs.size())])


# Whether what the trace of a graph read as Python values is still the same.
cdef inline bint holds(CompiledGraph graph):
    return (graph.checks == NULL or graph.checks.hold()) and (graph.hidden.empty() or graph.hidden.fit())


# Whether the Python function has other code or defaults than when it was taken.
cdef inline bint is_outdated(FunctionCore function):
    cdef PyFunction* now = function.plain_function
    if now == NULL:
        return False
    if now.func_code != <PyObject*>function.own_code:
        return True
    if now.func_defaults != <PyObject*>function.own_defaults and (now.func_defaults != NULL or function.own_defaults is not None):
        return True
    return function.own_keyword_defaults is not None and not function.own_keyword_defaults.guards.hold()


cdef int encode_all(FunctionCore function, PyObject** args, Py_ssize_t count, TraceKey key, CTensorList& inputs) except -1:
    cdef Py_ssize_t i = 0
    key.number_inputs = function.number_inputs
    try:
        while i < count:
            key.argument = i
            key.numbers_seen = 0
            encode(<object>args[i], key, inputs)
            i += 1
    except (TypeError, ValueError, OverflowError) as error:
        function.refuse_argument(i, error)
        raise
    return 0


# The Function of a method, where Python calls it with the instance as its first argument (`enable_method_calls`); else
# None.
cdef object method_of(FunctionCore function, object first):
    entry = function.instances.get(<size_t><PyObject*>first)
    if entry is not None:
        return (<tuple>entry)[1]
    kind = type(first)
    if kind is EagerTensor or kind is np_ndarray or kind is SymbolicTensor or kind in plain_types:
        return None
    for base in kind.__mro__:
        for attribute in vars(base).values():
            if attribute is function:
                return function.bind_instance(first).__func__
    return None


# The slot by which Python calls a Function.
cdef object call_function(object callable, PyObject** args, size_t flagged_count, PyObject* names):
    cdef FunctionCore function = <FunctionCore>callable
    cdef Py_ssize_t count = PyVectorcall_NARGS(flagged_count)
    cdef CCallPattern* pattern
    cdef PyObject* entry
    if len(function.instances) != 0 and count != 0:
        entry = PyDict_GetItemWithError(function.instances, <size_t>args[0])
        if entry != NULL:
            return call_function(<object>(<tuple>entry)[1], args + 1, count - 1, names)
    if current_recorder() != NULL or run_eagerly:
        return FunctionCore.__call__(function, *positional_of(args, count), **keywords_of(args, count, names))
    if is_outdated(function):
        function.renew()
    pattern = function.recent.find(args, count, names)
    graph = None if pattern == NULL else pattern.graph()
    if graph is not None and holds(<CompiledGraph>graph):
        return run_recent(<CompiledGraph>graph, pattern[0])
    return call_unlike(function, args, count, names)


cdef tuple positional_of(PyObject** args, Py_ssize_t count):
    cdef Py_ssize_t i
    return tuple([<object>args[i] for i in range(count)])


cdef dict keywords_of(PyObject** args, Py_ssize_t count, PyObject* names):
    cdef dict keywords = {}
    cdef Py_ssize_t i
    if names != NULL:
        for i, name in enumerate(<tuple>names):
            keywords[name] = <object>args[count + i]
    return keywords


# A call that the recorder of this thread is told of; of what happens within it, it is not.
cdef object call_told(FunctionCore function, tuple args, dict kwargs):
    cdef CTensorList inputs
    cdef TraceKey key = TraceKey.__new__(TraceKey)
    cdef PyObject* recorder = current_recorder()
    cdef PyObject* found
    set_current_recorder(NULL, False)
    try:
        if is_outdated(function):
            function.renew()
        args = function.binder.bind(args, kwargs)
        if function.fixed_key is not None:
            args = function.cast(args)
        key.told = told = []
        encode_all(function, <PyObject**>tuple_items(args), len(args), key, inputs)
        key.told = None
        found = PyDict_GetItemWithError(function.graphs, key if function.fixed_key is None else function.fixed_key)
        graph = None if found == NULL else <object>found
        if graph is not None and holds(<CompiledGraph>graph):
            result = (<CompiledGraph>graph).run(inputs, False)
        else:
            told = []
            graph, result = call_cold(function, key, args, told)
    finally:
        set_current_recorder(recorder, False)
    variables = tuple({(<Variable>value).place_id: value for value in told if type(value) is Variable}.values())
    tell("called", (graph, tuple([value for value in told if type(value) is not Variable]), variables, result))
    return result


# A call that is like none of the recent ones.
cdef object call_unlike(FunctionCore function, PyObject** args, Py_ssize_t count, PyObject* names):
    cdef CTensorList inputs
    cdef TraceKey key = TraceKey.__new__(TraceKey)
    cdef tuple canonical
    cdef CallRecorder recorder
    cdef PyObject* found
    method = None if count == 0 else method_of(function, <object>args[0])
    if method is not None:
        return call_function(method, args + 1, count - 1, names)
    canonical = canonical_arguments(function, args, count, names)
    encode_all(function, <PyObject**>tuple_items(canonical), len(canonical), key, inputs)
    found = PyDict_GetItemWithError(function.graphs, key if function.fixed_key is None else function.fixed_key)
    graph = None if found == NULL else <object>found
    if graph is not None and holds(<CompiledGraph>graph):
        sources = sources_of(function, canonical, args, count, names)
        if sources is not None:
            recorder = CallRecorder.__new__(CallRecorder)
            recorder.number_inputs = function.number_inputs
            remember(&function.recent, recorder, <CompiledGraph>graph, args, count, names, sources)
        return (<CompiledGraph>graph).run(inputs, False)
    if found == NULL and PyErr_Occurred() != NULL:
        raise_current()
    return call_cold(function, key, canonical, None)[1]


cdef tuple canonical_arguments(FunctionCore function, PyObject** args, Py_ssize_t count, PyObject* names):
    cdef tuple passed = positional_of(args, count)
    if names != NULL or count != function.binder.simple:
        passed = function.binder.bind(passed, keywords_of(args, count, names))
    return passed if function.fixed_key is None else function.cast(passed)


# For each canonical argument, the positions of the arguments as passed that it is made of; None where it is made of
# others.
cdef list sources_of(FunctionCore function, tuple canonical, PyObject** args, Py_ssize_t count, PyObject* names):
    cdef list sources = function.binder.sources(count, () if names == NULL else <tuple>names)
    if sources is None or function.number_inputs is not None and () in sources:
        return None
    for value, source in zip(canonical, sources):
        for part, position in zip(value if type(source) is range else (value,), source):
            if <PyObject*>part != args[<Py_ssize_t>position]:
                return None  # it was cast
    return sources


# The graph that a call was traced to, and the results of the call; `told` takes what it was run on.
cdef tuple call_cold(FunctionCore function, TraceKey key, tuple args, list told):
    cdef CTensorList inputs
    cdef TraceKey again = TraceKey.__new__(TraceKey)
    graph = function.trace(key if function.fixed_key is None else function.fixed_key, args)
    # Tracing may have decided that a number becomes an input.
    again.told = told
    encode_all(function, <PyObject**>tuple_items(args), len(args), again, inputs)
    return graph, (<CompiledGraph?>graph).run(inputs, False)


@cython.freelist(16)
cdef class BoundCore:
    """A Function as the method of an instance: it keeps the instance alive and calls its Function."""

    cdef vectorcallfunc vectorcall
    cdef readonly FunctionCore __func__
    cdef readonly object __self__
    cdef object __weakref__

    def __cinit__(self):
        self.vectorcall = <vectorcallfunc>enter_bound

    def __init__(self, FunctionCore function, instance):
        self.__func__ = function
        self.__self__ = instance

    def __call__(self, /, *args, **kwargs):
        return FunctionCore.__call__(self.__func__, *args, **kwargs)

    def __eq__(self, other):
        if not isinstance(other, BoundCore):
            return NotImplemented
        return self.__func__ is (<BoundCore>other).__func__

    def __hash__(self):
        return hash(<size_t><PyObject*>self.__func__) ^ 1


cdef object bound_to(FunctionCore function, object instance):
    cdef BoundCore bound = <BoundCore>above.bound_type.__new__(above.bound_type)
    bound.__func__ = function
    bound.__self__ = instance
    return bound


cdef object call_bound(object callable, PyObject** args, size_t flagged_count, PyObject* names):
    return call_function((<BoundCore>callable).__func__, args, flagged_count, names)


set_entries(<void*>call_function, <void*>call_bound, <void*>call_graphs)

def show_full_tracebacks(bint value):
    """Set whether tracebacks keep pygraph's own frames."""
    if value:
        set_traceback_cleaner(NULL)
    else:
        set_traceback_cleaner(<PyObject*>above.clean_traceback)


def leave(error):
    """Take pygraph's frames out of the traceback of an error that leaves it for the user's code."""
    cdef PyObject* cleaner = traceback_cleaner()
    if cleaner != NULL:
        (<object>cleaner)(error)


def fast_calls(type kind):
    """Let instances of a class derived from FunctionCore, BoundCore or GraphCaller be called without building a tuple."""
    cdef FunctionCore function
    cdef BoundCore bound
    cdef GraphCaller graphs
    cdef Py_ssize_t offset
    if issubclass(kind, BoundCore):
        bound = BoundCore.__new__(BoundCore)
        offset = <char*>&bound.vectorcall - <char*><PyObject*>bound
    elif issubclass(kind, GraphCaller):
        graphs = GraphCaller.__new__(GraphCaller)
        offset = <char*>&graphs.vectorcall - <char*><PyObject*>graphs
    else:
        function = FunctionCore.__new__(FunctionCore)
        offset = <char*>&function.vectorcall - <char*><PyObject*>function
        enable_method_calls(kind)
    enable_vectorcall(kind, offset)
    return kind
