# The hot door to Python: tensors, the dispatch of ops, and the call path of a Function.
# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# distutils: language = c++
"""Tensors and the call path."""

cimport cython
cimport numpy as cnp
from cpython.dict cimport PyDict_GetItemWithError
from cpython.exc cimport PyErr_Occurred
from cpython.object cimport PyObject
from cpython.pycapsule cimport PyCapsule_New
from cpython.ref cimport Py_DECREF, Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from cpython.weakref cimport PyWeakref_NewRef
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy
from libcpp cimport bool as cbool
from libcpp.memory cimport shared_ptr, unique_ptr
from libcpp.string cimport string
from libcpp.utility cimport move
from libcpp.vector cimport vector

import inspect
import opcode
import types
import weakref
from collections import OrderedDict, defaultdict, namedtuple
from enum import Enum
from types import MethodType

import numpy as np

cnp.import_array()

cdef extern from "bind/errors.hpp" namespace "pygraph::bind":
    # Makes the Python exception of a C++ one.
    void translate_exception()

cdef object np_ndarray = np.ndarray
cdef tuple array_types = (np.ndarray, np.generic)
# Iterators are told by their methods; these have none.
cdef tuple one_shot_types = (types.CoroutineType, types.AsyncGeneratorType)


cdef extern from "base/stack.hpp" namespace "pygraph" nogil:
    size_t stack_left()

cdef extern from "base/dtype.hpp" namespace "pygraph" nogil:
    cdef enum class CDType "pygraph::DType"(uint8_t):
        bool_
        int64
        float64

cdef extern from "base/shape.hpp" namespace "pygraph" nogil:
    cdef cppclass CShape "pygraph::Shape":
        CShape()
        int rank()
        int64_t& operator[](int)
        const int64_t* begin()
        void append(int64_t) except +translate_exception
        int64_t count() except +translate_exception
        cbool operator==(const CShape&)

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
        size_t bytes() except +translate_exception
        const CBufferRef& buffer()
        cbool is_unshared()
    CTensor new_tensor "pygraph::Tensor::empty"(CDType, const CShape&) except +translate_exception

cdef extern from "base/variable.hpp" namespace "pygraph" nogil:
    cdef cppclass CVariable "pygraph::Variable":
        CDType dtype()
        const CShape& shape()
        CTensor read() except +translate_exception
        void assign(const CTensor&) except +translate_exception

cdef extern from "ir/ir.hpp" namespace "pygraph::ir":
    cdef enum class CKind "pygraph::ir::Kind"(uint8_t):
        tensor
        variable
    cdef cppclass CType "pygraph::ir::Type":
        CKind kind
        CDType dtype
        CShape shape

cdef extern from "bind/hot_support.hpp" namespace "pygraph::bind":
    PyObject* current_recorder()
    PyObject* current_builder()
    void set_current_recorder(PyObject*, cbool)
    PyObject* current_marker()
    void set_current_marker(PyObject*)
    cdef cppclass COpRow "pygraph::ops::OpRow":
        pass
    cdef cppclass COperand "pygraph::ops::Operand":
        CDType dtype
        cbool weak
        cbool scalar
    cdef cppclass CAttribute "pygraph::ir::Attribute":
        pass
    cdef cppclass CModule "pygraph::ir::Module":
        pass
    cdef cppclass CExecutable "pygraph::exec::Executable":
        const CModule& inlined()
        int64_t plans_made()
        size_t output_count()
        CPlannedRun* brief_plan()
    cdef cppclass CPlannedRun "pygraph::exec::PlannedRun":
        pass
    cdef cppclass RunError:
        int kind
        string message
        uint32_t location
    cdef cppclass Failure:
        const RunError* get()
    cdef enum class CErrorKind "pygraph::ErrorKind"(uint8_t):
        pass
    PyObject* exception_type(CErrorKind)
    object fault_chain(const CModule&, const RunError&)
    object raised_parts(const RunError&)
    Failure promote_operands(const COpRow&, const vector[COperand]&, vector[CDType]&, cbool&)
    cdef cppclass CInference "pygraph::bind::Inference":
        vector[CType] inputs
        vector[CAttribute] attributes
        vector[const void*] values
        int64_t symbol_count
        vector[CType] outputs
        void add_subgraph(const vector[CType]&, const vector[CType]&) except +translate_exception
    Failure infer_types(const COpRow&, CInference&)
    cbool may_misfit(const COpRow&, const CInference&)
    cbool gives_view(const COpRow&)
    Failure run_eager(const COpRow&, const vector[CAttribute]&, const vector[CTensor]&, vector[CTensor]&, shared_ptr[CPlannedRun]&)
    Failure run_eager_update(const COpRow&, const vector[CAttribute]&, CVariable*, const vector[CTensor]&)
    Failure find_op(const char*, const COpRow**)
    Failure parse_attributes(const COpRow&, PyObject*, vector[CAttribute]&)
    cbool takes_inputs(const COpRow&, size_t)
    cbool scalar_from_python(object, CDType, CTensor&)
    object element_to_python(const CTensor&, int64_t)
    CTensor borrow_memory(void*, CDType, const CShape&, object) except +translate_exception
    shared_ptr[CExecutable] executable_from(object)

cdef extern from "bind/items.hpp" namespace "pygraph::bind":
    cdef cppclass CItem "pygraph::bind::Item":
        CItem()
        cbool find(const CShape&, object) except +translate_exception
        const CShape& shape()
        CTensor read(const CTensor&) except +translate_exception
        void write(CTensor&, const CTensor&) except +translate_exception

cdef extern from "bind/call_pattern.hpp" namespace "pygraph::bind":
    void set_tensor_layout(object, Py_ssize_t)
    int64_t bits_of(double)
    cdef enum class PartKind "pygraph::bind::Part::Kind"(uint8_t):
        tensor
        array
        scalar
        same
        integer
        real
        any_int
        any_float
        items
        dict
        fields
    cdef cppclass CPart "pygraph::bind::Part":
        CPart()
        PartKind kind
        CDType dtype
        uint16_t rank
        uint32_t first
        uint32_t input
        int64_t value
        PyObject* type
        PyObject* object
        unsigned version
    unsigned version_of_plain_fields(object, tuple)
    cdef cppclass CCallPattern "pygraph::bind::CallPattern":
        CCallPattern(size_t, PyObject*, object) except +translate_exception
        void push(const CPart&) except +translate_exception
        uint32_t push_dims(const int64_t*, int) except +translate_exception
        uint32_t push_keys(tuple) except +translate_exception
        void keep(object) except +translate_exception
        void set_input_count(size_t, size_t) except +translate_exception
        const void** hidden_elements()
        object graph()
        PyObject* input(size_t)
        size_t input_count()
    cdef cppclass CRecentCalls "pygraph::bind::RecentCalls":
        CCallPattern* find(PyObject**, size_t, PyObject*)
        void remember(unique_ptr[CCallPattern]) except +translate_exception
        void clear()

    cbool are_bools(const void*, size_t)

cdef extern from "bind/hidden_inputs.hpp" namespace "pygraph::bind":
    cdef cppclass CHiddenInputs "pygraph::bind::HiddenInputs":
        cbool empty()
        size_t size()
        void add(PyObject*, CDType) except +translate_exception
        void add_content(PyObject*, const char*, size_t) except +translate_exception
        cbool fit()
        cbool place(const void**)

cdef extern from "bind/guards.hpp" namespace "pygraph::bind":
    cdef enum class GuardKind "pygraph::bind::Guard::Kind"(uint8_t):
        pass
    cdef enum class SeenKind "pygraph::bind::Seen::Kind"(uint8_t):
        pass
    cdef cppclass CSeen "pygraph::bind::Seen":
        CSeen()
        SeenKind kind
        PyObject* object
        vector[CSeen] parts
    cdef cppclass CNamedEntry "pygraph::bind::NamedEntry":
        CNamedEntry()
        CNamedEntry(PyObject*)
    cdef cppclass CPlainAttribute "pygraph::bind::PlainAttribute":
        CPlainAttribute()
        CPlainAttribute(PyObject*)
        PyObject* read(PyObject*)
    cdef cppclass CGuard "pygraph::bind::Guard":
        CGuard()
        GuardKind kind
        int parent
        Py_ssize_t index
        PyObject* owner
        PyObject* key
        CSeen seen
        CNamedEntry entry
        CPlainAttribute attribute
    cdef cppclass CGuards "pygraph::bind::Guards":
        void push(const CGuard&) except +
        size_t size()
        Py_ssize_t first_broken(size_t)
        cbool hold()
        PyObject* value_of(size_t)
    PyObject* lookup_in_type(PyObject*, PyObject*)
    cbool uses_generic_lookup(PyObject*)

cdef extern from "bind/eager_calls.hpp" namespace "pygraph::bind":
    cdef cppclass CEagerCalls "pygraph::bind::EagerCalls":
        shared_ptr[CPlannedRun] find(PyObject**, size_t)
        Failure run(CPlannedRun&, CTensor&)
        void remember(PyObject**, const vector[CTensor]&, const shared_ptr[CPlannedRun]&) except +translate_exception

cdef extern from "bind/call_path.hpp" namespace "pygraph::bind":
    cdef cppclass CTensorList "pygraph::bind::TensorList":
        CTensorList()
        size_t size()
        CTensor* data()
        void push(const CTensor&) except +translate_exception
        size_t push_variable(CVariable*) except +translate_exception
    cdef cppclass CVariableSlots "pygraph::bind::VariableSlots":
        void push_captured(CVariable*) except +translate_exception
        void push_argument(size_t) except +translate_exception
        cbool all_captured()
        vector[CVariable*] resolve() except +translate_exception
    cdef cppclass CKeyWords "pygraph::bind::KeyWords":
        CKeyWords()
        void push(int64_t) except +translate_exception
        void push_pointer(void*) except +translate_exception
        void push_tensor(const CTensor&, cbool) except +translate_exception
        void push_type(CDType, const CShape&, cbool) except +translate_exception
        uint64_t hash()
        cbool equals(const CKeyWords&)
        cbool is_identity(int64_t)
    int64_t float_bits(double)
    Failure run_graph(CExecutable&, CTensorList&, CTensor*, const CVariableSlots&, cbool)
    Failure run_brief(CPlannedRun&, const CCallPattern&, CTensor*, const vector[CVariable*]&)
    void enable_vectorcall(object, Py_ssize_t)
    void enable_method_calls(object)
    void set_entries(void*, void*, void*)
    void set_traceback_cleaner(PyObject*)
    PyObject* traceback_cleaner()
    PyObject* enter_function(PyObject*, PyObject**, size_t, PyObject*)
    PyObject* enter_bound(PyObject*, PyObject**, size_t, PyObject*)
    PyObject* enter_graphs(PyObject*, PyObject**, size_t, PyObject*)

cdef extern from "bind/operators.hpp" namespace "pygraph::bind":
    void clean_tensor_operators(object)
    void clean_variable_operators(object)

cdef extern from "Python.h":
    ctypedef PyObject* (*vectorcallfunc)(PyObject*, PyObject**, size_t, PyObject*)
    Py_ssize_t PyVectorcall_NARGS(size_t)
    void PyErr_SetObject(object, object)
    long long PyLong_AsLongLongAndOverflow(object, int*) except? -1
    ctypedef struct PyFunction "PyFunctionObject":
        PyObject* func_code
        PyObject* func_defaults

cdef extern from *:
    """
    // Whether nothing but the interpreter's stack refers to an object that is being worked on. From
    // Python 3.14 on the stack may borrow a variable's reference, which only the interpreter can tell.
    static inline bool is_temporary(PyObject* object) {
    #if PY_VERSION_HEX >= 0x030E0000
      return PyUnstable_Object_IsUniqueReferencedTemporary(object) != 0;
    #else
      return Py_REFCNT(object) == 1;
    #endif
    }
    static inline PyObject** tuple_items(PyObject* tuple) { return ((PyTupleObject*)tuple)->ob_item; }
    static inline int enter_recursive_call() { return Py_EnterRecursiveCall(" in the arguments of a pygraph function") ? -1 : 0; }
    static inline void leave_recursive_call() { Py_LeaveRecursiveCall(); }
    """
    bint is_temporary(object)
    PyObject** tuple_items(object)
    int enter_recursive_call() except -1
    void leave_recursive_call()

cdef extern from *:
    """
    static inline pygraph::DType to_dtype(int code) { return static_cast<pygraph::DType>(code); }
    static inline int from_dtype(pygraph::DType dtype) { return static_cast<int>(dtype); }
    static inline pygraph::ErrorKind to_kind(int kind) { return static_cast<pygraph::ErrorKind>(kind); }
    // NumPy's type numbers by dtype, and the supported dtypes by type number, -1 where there is none.
    static constexpr int kNumpyTypes[] = {
    #define PYGRAPH_DTYPE(name, text, kind, storage, compute, size, accumulator, abi, numpy, ...) numpy,
    #include "base/dtypes.def"
    #undef PYGRAPH_DTYPE
    };
    struct DTypesOfNumpy {
      signed char codes[NPY_NOTYPE];
      constexpr DTypesOfNumpy() : codes() {
        for (signed char& code : codes) code = -1;
        for (int code = 0; code < static_cast<int>(pygraph::kDTypeCount); ++code) {
          if (pygraph::kDTypeTable[code].supported && kNumpyTypes[code] < NPY_NOTYPE)
            codes[kNumpyTypes[code]] = static_cast<signed char>(code);
        }
        // C has two integer types of one size.
        for (int same : {NPY_INT, NPY_LONG, NPY_LONGLONG}) codes[same] = codes[of_size(same, NPY_INT32, NPY_INT64)];
        for (int same : {NPY_UINT, NPY_ULONG, NPY_ULONGLONG}) codes[same] = codes[of_size(same, NPY_UINT32, NPY_UINT64)];
      }
      static constexpr int of_size(int number, int four, int eight) {
        const bool is_long = number == NPY_LONG || number == NPY_ULONG;
        const bool is_int = number == NPY_INT || number == NPY_UINT;
        return is_int || (is_long && sizeof(long) == 4) ? four : eight;
      }
    };
    static constexpr DTypesOfNumpy kDTypesOfNumpy;
    static inline int numpy_type(int code) { return kNumpyTypes[code]; }
    static inline int dtype_of_numpy(int number) {
      return number >= 0 && number < NPY_NOTYPE ? kDTypesOfNumpy.codes[number] : -1;
    }
    static inline std::string dtype_name(int code) { return std::string(pygraph::name(to_dtype(code))); }
    static inline int dtype_size(int code) { return static_cast<int>(pygraph::itemsize(to_dtype(code))); }
    static inline bool dtype_supported(int code) { return pygraph::info(to_dtype(code)).supported; }
    static inline int dtype_class(int code) { return static_cast<int>(pygraph::class_of(to_dtype(code))); }
    static inline bool dtype_is_unsigned(int code) { return pygraph::is_unsigned(to_dtype(code)); }
    static inline std::shared_ptr<pygraph::Variable> make_variable(const pygraph::Tensor& initial) {
      return std::make_shared<pygraph::Variable>(initial);
    }
    static inline int dtype_count() { return static_cast<int>(pygraph::kDTypeCount); }
    """
    CDType to_dtype(int)
    int from_dtype(CDType)
    CErrorKind to_kind(int)
    int numpy_type(int)
    int dtype_of_numpy(int)
    string dtype_name(int)
    int dtype_size(int)
    cbool dtype_supported(int)
    int dtype_class(int)
    cbool dtype_is_unsigned(int)
    int dtype_count()
    shared_ptr[CVariable] make_variable(const CTensor&) except +translate_exception


include "hot_dtypes.pxi"
include "hot_hooks.pxi"
include "hot_recorder.pxi"
include "hot_tensor.pxi"
include "hot_eager.pxi"
include "hot_items.pxi"
include "hot_symbolic.pxi"
include "hot_variable.pxi"
include "hot_dispatch.pxi"
include "hot_frames.pxi"
include "hot_builder.pxi"
include "hot_binder.pxi"
include "hot_key.pxi"
include "hot_result.pxi"
include "hot_guards.pxi"
include "hot_caller.pxi"
include "hot_function.pxi"
include "hot_recent.pxi"
include "hot_capsule.pxi"

# What Python says of these in errors, in place of where they stand here.
cdef extern from *:
    """
    static inline void name_type(PyObject* type, const char* name) {
      reinterpret_cast<PyTypeObject*>(type)->tp_name = name;
    }
    """
    void name_type(object, const char*)

name_type(Tensor, "pygraph.Tensor")
name_type(EagerTensor, "pygraph.Tensor")
name_type(SymbolicTensor, "pygraph.Tensor")
name_type(Variable, "pygraph.Variable")
name_type(DType, "pygraph.DType")
clean_tensor_operators(EagerTensor)
clean_variable_operators(Variable)
