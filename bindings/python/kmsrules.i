// The C header as the extension module _kmsrules. Rules by type and parameter name only: a function added to the header needs no line here.
// Private: people use the package kmsrules/ on top, which copies what it reads here, so that nothing lent outlives its owner.
%module kmsrules

%{
#include <kmsrules/kmsrules.h>

/* SWIG's own hands out None with an exception set when memory runs out. */
static PyObject *new_object(PyObject *self, void *pointer, swig_type_info *type, int flags) {
    PyObject *made = SWIG_Python_NewPointerObj(self, pointer, type, flags);
    if (made == Py_None && PyErr_Occurred()) Py_CLEAR(made);
    return made;
}
#define SWIG_Python_NewPointerObj new_object

static PyObject *status_error; /* raised with (status, its text), where no exception of Python's own fits */

/* A lent UTF-8 view of a str without NUL; it lives as long as the str. */
static const char *utf8_of(PyObject *object, const char *name, Py_ssize_t *size) {
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s must be str, not %.100s", name, Py_TYPE(object)->tp_name);
        return NULL;
    }
    const char *text = PyUnicode_AsUTF8AndSize(object, size);
    if (text != NULL && strlen(text) != (size_t)*size) {
        PyErr_Format(PyExc_ValueError, "%s must not hold a NUL character", name);
        return NULL;
    }
    return text;
}

static PyObject *raise_status(const char *function, kmsrules_status status) {
    if (status == KMSRULES_NO_MEMORY) return PyErr_NoMemory();
    if (status == KMSRULES_INVALID_ARGUMENT) PyErr_Format(PyExc_ValueError, "%s: %s", function, kmsrules_status_text(status));
    else {
        PyObject *value = Py_BuildValue("(is)", (int)status, kmsrules_status_text(status));
        if (value != NULL) PyErr_SetObject(status_error, value);
        Py_XDECREF(value);
    }
    return NULL;
}

static PyObject *tuple_of_ids(const kmsrules_id *ids, size_t count) {
    PyObject *tuple = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *id = PyLong_FromUnsignedLong(ids[i]);
        if (id == NULL) Py_CLEAR(tuple);
        else PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, id);
    }
    return tuple;
}

static bool read_uint32(PyObject *object, uint32_t *number) {
    unsigned long value = PyLong_AsUnsignedLong(object);
    if (PyErr_Occurred()) return false;
    if (value > UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "number out of range");
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

#define FEW_IDS 16

/* The ids in a list or tuple: in `few` when they fit, else in memory of their own. */
static kmsrules_id *ids_of(PyObject *object, kmsrules_id *few, size_t *count) {
    if (!PyList_Check(object) && !PyTuple_Check(object)) {
        PyErr_Format(PyExc_TypeError, "ids must be a list or a tuple, not %.100s", Py_TYPE(object)->tp_name);
        return NULL;
    }
    Py_ssize_t size = PySequence_Fast_GET_SIZE(object);
    kmsrules_id *ids = size <= FEW_IDS ? few : PyMem_New(kmsrules_id, size);
    if (ids == NULL) PyErr_NoMemory();
    for (Py_ssize_t i = 0; ids != NULL && i < size; i++) {
        if (read_uint32(PySequence_Fast_GET_ITEM(object, i), &ids[i])) continue;
        if (ids != few) PyMem_Free(ids);
        ids = NULL;
    }
    *count = (size_t)size;
    return ids;
}

/* None where there is no text. */
static PyObject *str_of(const char *data, size_t size) { return data == NULL ? Py_NewRef(Py_None) : PyUnicode_DecodeUTF8(data, (Py_ssize_t)size, NULL); }

static PyObject *int_of(uint32_t number, uint32_t none) { return number == none ? Py_NewRef(Py_None) : PyLong_FromUnsignedLong(number); }

static PyObject *tuple_of_evidence(const kmsrules_evidence *evidence) {
    uint32_t product_type = evidence->product_type < 0 ? KMSRULES_NONE : (uint32_t)evidence->product_type;
    return Py_BuildValue("(NNNNN)", str_of(evidence->text, evidence->text_size), str_of(evidence->edition_id, evidence->edition_id_size), int_of(evidence->build, 0),
                         int_of(evidence->sku, KMSRULES_NONE), int_of(product_type, KMSRULES_NONE));
}

/* A view lent as by utf8_of(), NULL for None. */
static bool read_text(PyObject *object, const char *name, const char **text, size_t *size) {
    Py_ssize_t length = 0;
    *text = object == Py_None ? NULL : utf8_of(object, name, &length);
    *size = (size_t)length;
    return object == Py_None || *text != NULL;
}

static bool check_tuple(PyObject *object, const char *name) {
    if (!PyTuple_Check(object)) PyErr_Format(PyExc_TypeError, "%s must be tuple, not %.100s", name, Py_TYPE(object)->tp_name);
    return PyTuple_Check(object);
}

/* Its texts live as long as the tuple. */
static bool read_evidence(PyObject *tuple, kmsrules_evidence *evidence) {
    PyObject *text, *edition_id, *build, *sku, *product_type;
    uint32_t kind = KMSRULES_NONE;
    *evidence = (kmsrules_evidence)KMSRULES_NO_EVIDENCE;
    if (!check_tuple(tuple, "evidence") || !PyArg_ParseTuple(tuple, "OOOOO:evidence", &text, &edition_id, &build, &sku, &product_type)) return false;
    if (!read_text(text, "text", &evidence->text, &evidence->text_size)) return false;
    if (!read_text(edition_id, "edition_id", &evidence->edition_id, &evidence->edition_id_size)) return false;
    if (build != Py_None && !read_uint32(build, &evidence->build)) return false;
    if (sku != Py_None && !read_uint32(sku, &evidence->sku)) return false;
    if (product_type != Py_None && !read_uint32(product_type, &kind)) return false;
    if (kind < KMSRULES_KIND_COUNT) evidence->product_type = (int)kind;
    return true;
}

/* Likewise. */
static bool read_inventory_options(PyObject *tuple, kmsrules_inventory_options *options) {
    PyObject *encoding, *columns, *separator;
    const char *text = NULL;
    int is_plain;
    size_t size;
    if (!check_tuple(tuple, "options") || !PyArg_ParseTuple(tuple, "OOOp:options", &encoding, &columns, &separator, &is_plain)) return false;
    if (!read_text(encoding, "encoding", &options->encoding, &size) || !read_text(columns, "columns", &options->columns, &size)) return false;
    if (!read_text(separator, "separator", &text, &size)) return false;
    options->separator = text == NULL ? 0 : text[0];
    options->is_plain = is_plain != 0;
    return true;
}

#define FEW_ZONES 16

/* Likewise; the list of zones is in `few` when they fit, else in memory of its own. */
static bool read_runbook_options(PyObject *tuple, const char **few, kmsrules_runbook_options *options) {
    PyObject *host_name, *zones;
    int dns, is_offline;
    unsigned short port;
    size_t size;
    if (!check_tuple(tuple, "options") || !PyArg_ParseTuple(tuple, "OO!ipH:options", &host_name, &PyTuple_Type, &zones, &dns, &is_offline, &port)) return false;
    if (!read_text(host_name, "host_name", &options->host_name, &size)) return false;
    options->zone_count = (size_t)PyTuple_GET_SIZE(zones);
    const char **names = options->zone_count <= FEW_ZONES ? few : PyMem_New(const char *, options->zone_count);
    if (names == NULL) PyErr_NoMemory();
    options->zones = names;
    for (size_t i = 0; names != NULL && i < options->zone_count; i++) {
        names[i] = utf8_of(PyTuple_GET_ITEM(zones, (Py_ssize_t)i), "zones", &(Py_ssize_t){0});
        if (names[i] != NULL) continue;
        if (names != few) PyMem_Free(names);
        return false;
    }
    options->dns = (kmsrules_dns)dns;
    options->is_offline = is_offline != 0;
    options->port = port;
    return names != NULL;
}

/* Likewise: (encoding, date order, minutes east of UTC or None). */
static bool read_events_options(PyObject *tuple, kmsrules_events_options *options) {
    PyObject *encoding, *minutes;
    int order;
    size_t size;
    if (!check_tuple(tuple, "options") || !PyArg_ParseTuple(tuple, "OiO:options", &encoding, &order, &minutes)) return false;
    if (!read_text(encoding, "encoding", &options->encoding, &size)) return false;
    options->date_order = (kmsrules_date_order)order;
    options->has_time_zone = minutes != Py_None;
    if (minutes != Py_None) options->time_zone_minutes = (int)PyLong_AsLong(minutes);
    return !PyErr_Occurred();
}

/* "68531fb9-5511-4989-97be-d11a0f55633f" */
static PyObject *str_of_guid(const kmsrules_guid *guid) {
    char text[37], *at = text;
    for (size_t i = 0; i < sizeof guid->bytes; i++) at += snprintf(at, 4, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", guid->bytes[i]);
    return PyUnicode_FromStringAndSize(text, at - text);
}

static bool read_guid(PyObject *object, bool *has_guid, kmsrules_guid *guid) {
    *has_guid = object != Py_None;
    if (object == Py_None) return true;
    if (!PyBytes_Check(object) || PyBytes_GET_SIZE(object) != (Py_ssize_t)sizeof guid->bytes) {
        PyErr_SetString(PyExc_TypeError, "an id must be 16 bytes");
        return false;
    }
    memcpy(guid->bytes, PyBytes_AS_STRING(object), sizeof guid->bytes);
    return true;
}

static bool read_request(PyObject *tuple, kmsrules_request *request) {
    PyObject *cmid;
    unsigned int application;
    int kind, is_virtual, is_accepted;
    long long time;
    bool has_cmid;
    *request = (kmsrules_request){.kind = KMSRULES_CLIENT};
    if (!check_tuple(tuple, "request") || !PyArg_ParseTuple(tuple, "OIiLpp:request", &cmid, &application, &kind, &time, &is_virtual, &is_accepted)) return false;
    if (!read_guid(cmid, &has_cmid, &request->cmid)) return false;
    request->application = application;
    request->kind = (kmsrules_kind)kind;
    request->time = time;
    request->is_virtual = is_virtual != 0;
    request->is_accepted = is_accepted != 0;
    return true;
}

/* Its texts live as long as the tuple. */
static bool read_event(PyObject *tuple, kmsrules_event *event) {
    PyObject *computer, *client, *cmid, *activation_id, *result;
    long long record_id, time, minimum, minutes_left;
    int id, is_virtual, license_status, is_read;
    *event = (kmsrules_event){.logged_at = KMSRULES_NO_TIME};
    if (!check_tuple(tuple, "event")) return false;
    if (!PyArg_ParseTuple(tuple, "iOLLOOOLOiLip:event", &id, &computer, &record_id, &time, &client, &cmid, &activation_id, &minimum, &result, &is_virtual, &minutes_left, &license_status,
                          &is_read))
        return false;
    if (!read_text(computer, "computer", &event->computer.data, &event->computer.size) || !read_text(client, "client", &event->client.data, &event->client.size)) return false;
    if (!read_uint32(result, &event->result) || !read_guid(cmid, &event->has_cmid, &event->cmid) || !read_guid(activation_id, &event->has_activation_id, &event->activation_id)) return false;
    event->id = id;
    event->record_id = record_id;
    event->client_time = time;
    event->minimum = minimum;
    event->is_virtual = is_virtual;
    event->minutes_left = minutes_left;
    event->license_status = license_status;
    event->status = is_read ? KMSRULES_OK : KMSRULES_INVALID_ROW;
    return true;
}
%}

%init %{
    status_error = PyErr_NewException("kmsrules._kmsrules.StatusError", NULL, NULL);
    if (status_error == NULL || PyModule_AddObjectRef(m, "StatusError", status_error) < 0) return NULL;
%}

// ---- Statuses and pointers

%typemap(out) kmsrules_status {
    if ($1 != KMSRULES_OK) {
        raise_status("$symname", $1);
        SWIG_fail;
    }
    $result = Py_NewRef(Py_None);
}

%typemap(out) kmsrules_status status "$result = PyLong_FromLong((long)$1);" // of a row

// None is NULL nowhere but where the header gives NULL a meaning.
%typemap(check) SWIGTYPE * {
    if ($1 == NULL) {
        PyErr_SetString(PyExc_TypeError, "$symname: $1_name must not be None");
        SWIG_fail;
    }
}
%typemap(check) const kmsrules_facts * ""

// ---- Objects: the Python object is the owner, and handing one out makes one.

%define OBJECT(noun)
%nodefaultctor kmsrules_##noun;
%ignore kmsrules_##noun##_free; // the destructor
struct kmsrules_##noun {};
%extend kmsrules_##noun { ~kmsrules_##noun() { kmsrules_##noun##_free($self); } }
%typemap(in, numinputs=0) kmsrules_##noun **noun (kmsrules_##noun *made = NULL) "$1 = &made;"
%typemap(argout) kmsrules_##noun **noun {
    Py_DECREF($result);
    $result = SWIG_NewPointerObj(*$1, $*1_descriptor, SWIG_POINTER_OWN);
    if ($result == NULL) {
        kmsrules_##noun##_free(*$1);
        SWIG_fail;
    }
}
%enddef
OBJECT(builder)
OBJECT(ruleset)
OBJECT(question)
OBJECT(answer)
OBJECT(list)
OBJECT(inventory)
OBJECT(events)
OBJECT(fleet)
OBJECT(planner)
OBJECT(plan)
OBJECT(difference)
OBJECT(runbook)
OBJECT(slmgr)
OBJECT(records)
OBJECT(discovery)
OBJECT(ledger)
OBJECT(census)
OBJECT(counts)
OBJECT(duplicates)
OBJECT(forecast)
OBJECT(timeline)

%newobject kmsrules_ruleset_retain;
%typemap(out) const kmsrules_ruleset * {
    $result = SWIG_NewPointerObj(kmsrules_ruleset_retain((kmsrules_ruleset *)$1), $1_descriptor, SWIG_POINTER_OWN);
}

// A record handed out is lent: copied before its owner is used again.
%define LENT(type, name)
%typemap(in, numinputs=0) const type **name (const type *lent = NULL) "$1 = ($1_ltype)&lent;"
%typemap(argout) const type **name {
    Py_DECREF($result);
    $result = SWIG_NewPointerObj((void *)*$1, $*1_descriptor, 0);
    if ($result == NULL) SWIG_fail;
}
%enddef
LENT(kmsrules_machine, machine)
LENT(kmsrules_event, event)
LENT(kmsrules_judgement, judgement)
LENT(kmsrules_fleet_summary, summary)
LENT(kmsrules_discovery_summary, summary)

// ---- Text

%typemap(in) const char * (Py_ssize_t size) {
    $1 = ($1_ltype)utf8_of($input, "$1_name", &size);
    if ($1 == NULL) SWIG_fail;
}
%typemap(freearg) const char * ""
%typemap(in) (const char *text, size_t size) (Py_ssize_t length) {
    $1 = ($1_ltype)utf8_of($input, "$1_name", &length);
    if ($1 == NULL) SWIG_fail;
    $2 = (size_t)length;
}
%typemap(freearg) (const char *text, size_t size) ""
%typemap(in) (const char *name, size_t size) {
    const char *lent;
    if (!read_text($input, "$1_name", &lent, &$2)) SWIG_fail;
    $1 = ($1_ltype)lent;
}
%typemap(check) (const char *name, size_t size) ""
%typemap(freearg) (const char *name, size_t size) ""
%typemap(in) (const char *data, size_t size) (Py_buffer view = {0}) {
    if (PyObject_GetBuffer($input, &view, PyBUF_SIMPLE) < 0) SWIG_fail;
    $1 = ($1_ltype)view.buf;
    $2 = (size_t)view.len;
}
%typemap(freearg) (const char *data, size_t size) "PyBuffer_Release(&view$argnum);"

// None: found by the text itself.
%typemap(in) const char *encoding {
    size_t size;
    const char *lent;
    if (!read_text($input, "$1_name", &lent, &size)) SWIG_fail;
    $1 = ($1_ltype)lent;
}
%typemap(check) const char *encoding ""
%typemap(freearg) const char *encoding ""

%typemap(out) kmsrules_text * "$result = str_of($1->data, $1->size);"
%ignore kmsrules_text;
%typemap(out) char separator "$result = $1 == 0 ? Py_NewRef(Py_None) : PyUnicode_FromStringAndSize(&$1, 1);"

// The bytes of a table.
%typemap(out) const char *data "$result = PyBytes_FromStringAndSize($1, (Py_ssize_t)arg1->size);"

// A document handed out.
%typemap(in, numinputs=0) (char **text, size_t *size) (char *made = NULL, size_t length = 0) "$1 = &made; $2 = &length;"
%typemap(argout) (char **text, size_t *size) {
    Py_DECREF($result);
    $result = PyUnicode_DecodeUTF8(*$1, (Py_ssize_t)*$2, NULL);
    kmsrules_string_free(*$1);
    if ($result == NULL) SWIG_fail;
}
%ignore kmsrules_string_free; // used right here

// A sentence: the caller names the room for it and gets (length of the whole, what fitted).
%typemap(in) (char *buffer, size_t size) {
    $2 = PyLong_AsSize_t($input);
    if (PyErr_Occurred()) SWIG_fail;
    $1 = PyMem_Malloc($2 + 1);
    if ($1 == NULL) {
        PyErr_NoMemory();
        SWIG_fail;
    }
    *$1 = '\0';
}
%typemap(argout) (char *buffer, size_t size) {
    Py_DECREF($result);
    $result = Py_BuildValue("(ns)", (Py_ssize_t)result, $1);
    if ($result == NULL) SWIG_fail;
}
%typemap(freearg) (char *buffer, size_t size) "PyMem_Free($1);"

// Suggestions: the caller says how many at most and gets a list.
%typemap(in) (const char **names, size_t capacity) {
    $2 = PyLong_AsSize_t($input);
    if (PyErr_Occurred()) SWIG_fail;
    $1 = ($1_ltype)PyMem_New(const char *, $2 + 1);
    if ($1 == NULL) {
        PyErr_NoMemory();
        SWIG_fail;
    }
}
%typemap(argout) (const char **names, size_t capacity) {
    Py_DECREF($result);
    $result = PyList_New((Py_ssize_t)result);
    for (size_t i = 0; $result != NULL && i < result; i++) {
        PyObject *name = PyUnicode_FromString($1[i]);
        if (name == NULL) Py_CLEAR($result);
        else PyList_SET_ITEM($result, (Py_ssize_t)i, name);
    }
    if ($result == NULL) SWIG_fail;
}
%typemap(freearg) (const char **names, size_t capacity) "PyMem_Free((void *)$1);"

// Codes likewise; they are static.
%typemap(in) (const kmsrules_code **codes, size_t capacity) {
    $2 = PyLong_AsSize_t($input);
    if (PyErr_Occurred()) SWIG_fail;
    $1 = ($1_ltype)PyMem_New(const kmsrules_code *, $2 + 1);
    if ($1 == NULL) {
        PyErr_NoMemory();
        SWIG_fail;
    }
}
%typemap(argout) (const kmsrules_code **codes, size_t capacity) {
    Py_DECREF($result);
    $result = PyList_New((Py_ssize_t)result);
    for (size_t i = 0; $result != NULL && i < result; i++) {
        PyObject *code = SWIG_NewPointerObj((void *)$1[i], $*1_descriptor, 0);
        if (code == NULL) Py_CLEAR($result);
        else PyList_SET_ITEM($result, (Py_ssize_t)i, code);
    }
    if ($result == NULL) SWIG_fail;
}
%typemap(freearg) (const kmsrules_code **codes, size_t capacity) "PyMem_Free((void *)$1);"

// ---- Values: small structures are tuples, None in them: not given.

// (text, edition_id, build, sku, product_type)
%typemap(in) const kmsrules_evidence * (kmsrules_evidence evidence) {
    if (!read_evidence($input, &evidence)) SWIG_fail;
    $1 = &evidence;
}
%typemap(out) kmsrules_evidence * "$result = tuple_of_evidence($1);"
%ignore kmsrules_evidence;

// (encoding, columns, separator, is_plain)
%typemap(in) const kmsrules_inventory_options * (kmsrules_inventory_options options) {
    if ($input != Py_None && !read_inventory_options($input, &options)) SWIG_fail;
    $1 = $input == Py_None ? NULL : &options;
}
%typemap(check) const kmsrules_inventory_options * ""
%ignore kmsrules_inventory_options;

// (host_name, zones, dns, is_offline, port)
%typemap(in) const kmsrules_runbook_options * (kmsrules_runbook_options options = KMSRULES_USUAL_RUNBOOK, const char *few[FEW_ZONES]) {
    if (!read_runbook_options($input, few, &options)) SWIG_fail;
    $1 = &options;
}
%typemap(freearg) const kmsrules_runbook_options * "if ($1 != NULL && $1->zone_count > FEW_ZONES) PyMem_Free((void *)$1->zones);"
%ignore kmsrules_runbook_options;

// (encoding, date order, minutes east of UTC or None)
%typemap(in) const kmsrules_events_options * (kmsrules_events_options options = KMSRULES_EVENTS_BY_CONTENT) {
    if ($input != Py_None && !read_events_options($input, &options)) SWIG_fail;
    $1 = $input == Py_None ? NULL : &options;
}
%typemap(check) const kmsrules_events_options * ""
%ignore kmsrules_events_options;

// Ids of events, as a list of (id, count).
%typemap(in, numinputs=0) size_t *count (size_t number = 0) "$1 = &number;"
%typemap(out) const kmsrules_event_tally * ""
%typemap(argout) size_t *count {
    $result = PyList_New(0);
    for (size_t i = 0; $result != NULL && i < *$1; i++) {
        PyObject *pair = Py_BuildValue("(iK)", result[i].id, (unsigned long long)result[i].count);
        if (pair == NULL || PyList_Append($result, pair) < 0) Py_CLEAR($result);
        Py_XDECREF(pair);
    }
    if ($result == NULL) SWIG_fail;
}
%ignore kmsrules_event_tally;
%typemap(out) kmsrules_guid * "$result = str_of_guid($1);"
%ignore kmsrules_guid;

// (file, line), or None.
%typemap(in, numinputs=0) kmsrules_twin *twin (kmsrules_twin seen = {0, 0}) "$1 = &seen;"
%typemap(argout) kmsrules_twin *twin {
    Py_DECREF($result);
    $result = $1->line == 0 ? Py_NewRef(Py_None) : Py_BuildValue("(IK)", (unsigned int)$1->file, (unsigned long long)$1->line);
    if ($result == NULL) SWIG_fail;
}
%ignore kmsrules_twin;

// (build, revision)
%typemap(in, numinputs=0) (uint32_t *build, uint32_t *revision) (uint32_t number = 0, uint32_t last = KMSRULES_NONE) "$1 = &number; $2 = &last;"
%typemap(argout) (uint32_t *build, uint32_t *revision) {
    Py_DECREF($result);
    $result = Py_BuildValue("(IN)", (unsigned int)*$1, int_of(*$2, KMSRULES_NONE));
    if ($result == NULL) SWIG_fail;
}

// (offset behind it, machines, name), name None at the end.
%typemap(in) size_t *offset (size_t place) {
    place = PyLong_AsSize_t($input);
    if (PyErr_Occurred()) SWIG_fail;
    $1 = &place;
}
%typemap(in, numinputs=0) (uint64_t *machines, kmsrules_text *name) (uint64_t number = 0, kmsrules_text text = {NULL, 0}) "$1 = &number; $2 = &text;"
%typemap(argout) (size_t *offset, uint64_t *machines, kmsrules_text *name) {
    Py_DECREF($result);
    $result = Py_BuildValue("(nKN)", (Py_ssize_t)*$1, (unsigned long long)*$2, str_of($3->data, $3->size));
    if ($result == NULL) SWIG_fail;
}
// ---- Ledgers and what events tell

// (cmid, application, kind, time, is_virtual, is_accepted); the CMID as 16 bytes
%typemap(in) const kmsrules_request *request (kmsrules_request made) {
    if (!read_request($input, &made)) SWIG_fail;
    $1 = &made;
}
// (count, minimum, is_activated, is_counted, is_late, has_dropped)
%typemap(in, numinputs=0) kmsrules_reply *reply (kmsrules_reply made) "$1 = &made;"
%typemap(argout) kmsrules_reply *reply {
    Py_DECREF($result);
    $result = Py_BuildValue("(KKNNNN)", (unsigned long long)$1->count, (unsigned long long)$1->minimum, PyBool_FromLong($1->is_activated), PyBool_FromLong($1->is_counted),
                            PyBool_FromLong($1->is_late), PyBool_FromLong($1->has_dropped));
    if ($result == NULL) SWIG_fail;
}
// An event as (id, computer, record_id, time, client, cmid, activation_id, minimum, result, is_virtual, minutes_left, license_status, is_read); ids as 16 bytes or None.
%typemap(in) const kmsrules_event *event (kmsrules_event made) {
    if (!read_event($input, &made)) SWIG_fail;
    $1 = &made;
}
%define NUMBER(type, name, build, wide)
%typemap(in, numinputs=0) type *name (type number = 0) "$1 = &number;"
%typemap(argout) type *name {
    Py_DECREF($result);
    $result = Py_BuildValue(build, (wide)*$1);
    if ($result == NULL) SWIG_fail;
}
%enddef
NUMBER(uint64_t, count, "K", unsigned long long)
NUMBER(uint64_t, seconds, "K", unsigned long long)
NUMBER(int64_t, time, "L", long long)
// None where there is no fault; else it is asked for by ledger_fault().
%typemap(in, numinputs=0) kmsrules_ledger_fault *fault "$1 = NULL;"
%typemap(check) kmsrules_ledger_fault *fault ""
%typemap(in) const char *warning, const char *critical {
    size_t size;
    const char *lent;
    if (!read_text($input, "$1_name", &lent, &size)) SWIG_fail;
    $1 = ($1_ltype)lent;
}
%typemap(check) const char *warning, const char *critical ""
// (state, text)
%typemap(in, numinputs=0) (int *state, char **text, size_t *size) (int number = 3, char *made = NULL, size_t length = 0) "$1 = &number; $2 = &made; $3 = &length;"
%typemap(argout) (int *state, char **text, size_t *size) {
    Py_DECREF($result);
    $result = Py_BuildValue("(iN)", *$1, PyUnicode_DecodeUTF8(*$2, (Py_ssize_t)*$3, NULL));
    kmsrules_string_free(*$2);
    if ($result == NULL) SWIG_fail;
}
%ignore kmsrules_request;
%ignore kmsrules_reply;
%ignore kmsrules_ledger_fault;
// Read as JSON.
%ignore kmsrules_counts_threshold;
%ignore kmsrules_counts_pool;
%ignore kmsrules_result_count;
%ignore kmsrules_counts_content;
%ignore kmsrules_alias;
%ignore kmsrules_duplicate;
%ignore kmsrules_duplicates_pool;
%ignore kmsrules_duplicates_content;
%ignore kmsrules_asker;
%ignore kmsrules_forecast_step;
%ignore kmsrules_lapse;
%ignore kmsrules_count_point;
%ignore kmsrules_forecast_pool;
%ignore kmsrules_forecast_content;
%ignore kmsrules_moment;
%ignore kmsrules_timeline_content;

%inline %{
/* (line, column, problem) of a saved ledger that is refused, None of one that is not. */
PyObject *ledger_fault(kmsrules_ruleset *ruleset, const char *data, size_t size) {
    kmsrules_ledger_fault seen = {0, 0, NULL};
    kmsrules_ledger *ledger = NULL;
    kmsrules_status status = kmsrules_ledger_load(ruleset, data, size, &seen, &ledger);
    kmsrules_ledger_free(ledger);
    if (status != KMSRULES_INVALID_LEDGER) Py_RETURN_NONE;
    return Py_BuildValue("(KKs)", (unsigned long long)seen.line, (unsigned long long)seen.column, seen.problem);
}
%}

// Plans are read as JSON.
%ignore kmsrules_plan_content;
%ignore kmsrules_plan_option;
%ignore kmsrules_placement;
%ignore kmsrules_planned;
%ignore kmsrules_plan_threshold;
%ignore kmsrules_uncovered;
%ignore kmsrules_plan_alternative;
%ignore kmsrules_plan_advice;
// So is what slmgr printed.
%ignore kmsrules_slmgr_content;
%ignore kmsrules_license;
%ignore kmsrules_license_threshold;
%ignore kmsrules_license_service;
%ignore kmsrules_finding;
%ignore kmsrules_observation;

// What becomes of discovery likewise; of the records only what is wrong with them.
%ignore kmsrules_reach;
%ignore kmsrules_discovery_threshold;
%ignore kmsrules_discovery_host;
%ignore kmsrules_host_failure;
%ignore kmsrules_discovery_class;
%ignore kmsrules_discovery_summary;
%ignore kmsrules_records_content::names;

%typemap(in, numinputs=0) kmsrules_kind *kind (kmsrules_kind found = KMSRULES_CLIENT) "$1 = &found;"
%typemap(argout) kmsrules_kind *kind {
    Py_DECREF($result);
    $result = PyLong_FromLong((long)*$1);
    if ($result == NULL) SWIG_fail;
}

// ---- Arrays

%typemap(in) (const kmsrules_id *editions, size_t edition_count) (kmsrules_id few[FEW_IDS]) {
    $1 = ids_of($input, few, &$2);
    if ($1 == NULL) SWIG_fail;
}
%typemap(freearg) (const kmsrules_id *editions, size_t edition_count) "if ($1 != few$argnum) PyMem_Free($1);"

%define IDS(member, count)
%typemap(out) const kmsrules_id *member "$result = tuple_of_ids($1, arg1->count);"
%enddef
IDS(editions, edition_count)
IDS(updates, update_count)
IDS(hosts, host_count)
%typemap(out) kmsrules_id candidates[ANY] "$result = tuple_of_ids($1, arg1->candidate_count < $1_dim0 ? arg1->candidate_count : $1_dim0);"
IDS(any_of, any_of_count)
IDS(sources, source_count)
IDS(against, against_count)
IDS(needs, need_count)
IDS(settling, settling_count)
IDS(predictions, prediction_count)
%typemap(out) const uint32_t *builds "$result = tuple_of_ids($1, arg1->build_count);"

%typemap(out) uint64_t rows[ANY], uint64_t machines[ANY] {
    $result = PyTuple_New($1_dim0);
    for (Py_ssize_t i = 0; $result != NULL && i < $1_dim0; i++) {
        PyObject *number = PyLong_FromUnsignedLongLong($1[i]);
        if (number == NULL) Py_CLEAR($result);
        else PyTuple_SET_ITEM($result, i, number);
    }
}

// Records in an array are lent like the array itself.
%define RECORDS(type, member, count)
%typemap(out) const type *member {
    $result = PyTuple_New((Py_ssize_t)arg1->count);
    for (size_t i = 0; $result != NULL && i < arg1->count; i++) {
        PyObject *record = SWIG_NewPointerObj((void *)&$1[i], $1_descriptor, 0);
        if (record == NULL) Py_CLEAR($result);
        else PyTuple_SET_ITEM($result, (Py_ssize_t)i, record);
    }
}
%enddef
RECORDS(kmsrules_fleet_product, products, product_count)
RECORDS(kmsrules_command, commands, command_count)
RECORDS(kmsrules_fleet_need, needs, need_count)
RECORDS(kmsrules_fleet_key, keys, key_count)
RECORDS(kmsrules_fleet_threshold, thresholds, threshold_count)
RECORDS(kmsrules_difference_product, products, product_count)
RECORDS(kmsrules_difference_key, keys, key_count)

RECORDS(kmsrules_srv_record, records, record_count)
RECORDS(kmsrules_record_problem, problems, problem_count)

// ---- The header

// Records are read; only the limits are filled in by the caller.
%immutable;
%define LIMIT(member)
%feature("immutable", "0") kmsrules_limits::member;
%enddef
LIMIT(table_size)
LIMIT(element_depth)
LIMIT(element_count)
LIMIT(attribute_count)
LIMIT(attribute_size)
LIMIT(id_size)
LIMIT(name_size)
LIMIT(include_depth)
LIMIT(problem_count)
LIMIT(pair_count)
LIMIT(member_count)

%include <stdint.i>
%ignore UINT32_MAX;
#define UINT32_MAX 4294967295u // SWIG does not read the system's headers
%include <kmsrules/kmsrules.h>
