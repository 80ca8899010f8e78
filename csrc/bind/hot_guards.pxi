# Included by hot.pyx: what a trace has read as Python values, checked before its graph runs (guards.hpp).

# How `Guards.add` is told what was seen: (one of these, an object, the parts), as guards.hpp numbers them.
(
    SEEN_ABSENT, SEEN_SAME, SEEN_ALIVE, SEEN_LITERAL, SEEN_TYPE, SEEN_ITEMS, SEEN_DICT, SEEN_CODE, SEEN_SET, SEEN_SEQUENCE
) = range(10)
# Where a guard reads, likewise.
GUARD_NAME, GUARD_CELL, GUARD_ATTRIBUTE, GUARD_CLASS, GUARD_ITEM, GUARD_ENTRY, GUARD_ITSELF = range(7)


@cython.final
cdef class Guards:
    """Checks that what a trace read as Python values is still the same. See `pygraph.function.guards`."""

    cdef CGuards guards
    cdef list kept  # all that the guards refer to

    def __init__(self):
        self.kept = []

    def __len__(self):
        return self.guards.size()

    def add(self, int kind, int parent, Py_ssize_t index, owner, key, tuple seen):
        """Add a check of what is read from the guard numbered ``parent``, or from ``owner``.

        ``owner`` is a weak reference, or what allows none; for a name the dict. ``seen`` is what the value must be like.
        """
        cdef CGuard guard
        guard.kind = <GuardKind>kind
        guard.parent = parent
        guard.index = index
        self.kept.append(owner)
        self.kept.append(key)
        guard.owner = <PyObject*>owner
        guard.key = <PyObject*>key
        if kind == GUARD_NAME or kind == GUARD_ENTRY:
            guard.entry = CNamedEntry(<PyObject*>key)
        elif kind == GUARD_ATTRIBUTE:
            guard.attribute = CPlainAttribute(<PyObject*>key)
        guard.seen = self.make_seen(seen)
        self.guards.push(guard)

    cdef CSeen make_seen(self, tuple seen) except *:
        cdef CSeen made
        kind, value, parts = seen
        made.kind = <SeenKind><int>kind
        self.kept.append(value)
        made.object = <PyObject*>value
        for part in parts:
            made.parts.push_back(self.make_seen(part))
        return made

    def first_broken(self, size_t start=0):
        """Return the number of the first guard at or after ``start`` that does not hold, -1 if all hold."""
        return self.guards.first_broken(start)

    def value_of(self, size_t number):
        """Return in a tuple what a guard has read last; an empty one if there was nothing."""
        cdef PyObject* value = self.guards.value_of(number)
        return () if value == NULL else (<object>value,)


def plain_attribute(owner, str name):
    """Return in a tuple the attribute that a guard would read, the function of a method; else an empty tuple."""
    cdef CPlainAttribute attribute = CPlainAttribute(<PyObject*>name)
    cdef PyObject* value = attribute.read(<PyObject*>owner)
    return () if value == NULL else (<object>value,)


def has_plain_attributes(owner):
    """Return whether an object's attributes are looked up in the usual way, by no code of its class's own."""
    return uses_generic_lookup(<PyObject*>owner) or type(owner).__getattribute__ is object.__getattribute__


def class_attribute(owner, str name):
    """Return in a tuple what a class or its bases have under a name, as it is; an empty one if nothing."""
    cdef PyObject* value = lookup_in_type(<PyObject*>owner, <PyObject*>name)
    return () if value == NULL else (<object>value,)
