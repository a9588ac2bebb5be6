/* The object nn~ for Pure Data as the tests use it: inlets, outlets, messages; the computing is done by
 * nn_standin/server.py in a process of its own, one for all objects, which is asked block by block and
 * waited for. Written anew from measured behaviour; not the nn~ that musicians install.
 *
 * Environment: NN_STANDIN_PYTHON, the interpreter; PYTHONPATH, where it finds the package nn_standin.
 * When that process ends or does not answer, every object says so once and is silent from then on. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "m_pd.h"

#define ANSWER_SECONDS 60 /* the first answer waits for the import of torch */
#define TEXT_BYTES 2000
#define DEFAULT_BUFFER 4096

typedef struct {
    char kind;
    int number, bytes;
} t_record;

typedef struct {
    t_object object;
    t_float scalar;
    int number, inlets, outlets, told;
    t_sample **vectors; /* of the inlets, then of the outlets, in the running chain */
    float *request, *answer;
    int frames;
} t_nn;

static t_class *nn_class;
static int channel = -1; /* to the process; -1: not started yet, -2: lost */
static int objects_made;

/* --- the process ------------------------------------------------------------------------------------- */

static void lose(void) {
    if (channel >= 0) close(channel);
    channel = -2;
}

static int start(void) {
    int ends[2];
    const char *python = getenv("NN_STANDIN_PYTHON");
    struct timeval patience = {ANSWER_SECONDS, 0};
    if (!python || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) return -2;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 0);
        dup2(ends[1], 1);
        execlp(python, python, "-m", "nn_standin.server", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return child < 0 ? -2 : ends[0];
}

static int transfer(int sending, void *data, int bytes) {
    for (char *place = data; bytes > 0;) {
        ssize_t moved =
            sending ? send(channel, place, bytes, MSG_NOSIGNAL) : recv(channel, place, bytes, MSG_WAITALL);
        if (moved < 0 && errno == EINTR) continue; /* Pd's watchdog has a signal for whoever is slow */
        if (moved <= 0) {
            lose();
            return 0;
        }
        place += moved;
        bytes -= moved;
    }
    return 1;
}

/* One request and its answer. Returns the answer's kind, 0 where the process is lost; *got bytes of it lie
 * in `answer`, which holds `room`; what is longer is read and dropped. */
static char ask(char kind, int number, void *body, int bytes, void *answer, int room, int *got) {
    char head[9], drop;
    memcpy(head, &kind, 1);
    memcpy(head + 1, &number, 4);
    memcpy(head + 5, &bytes, 4);
    if (channel == -1) channel = start();
    if (channel < 0 || !transfer(1, head, sizeof head) || !transfer(1, body, bytes)) return 0;
    if (!transfer(0, head, sizeof head)) return 0;
    memcpy(&bytes, head + 5, 4);
    *got = bytes < room ? bytes : room;
    if (!transfer(0, answer, *got)) return 0;
    for (bytes -= *got; bytes > 0; bytes--)
        if (!transfer(0, &drop, 1)) return 0;
    return head[0];
}

static void complain(t_nn *x, char kind, const char *text, int bytes) {
    if (kind == 'e')
        pd_error(x, "nn~: %.*s", bytes, text);
    else if (!kind && !x->told++)
        pd_error(x, "nn~: the process that computes is gone; silent from now on");
}

/* --- sound ------------------------------------------------------------------------------------------- */

static t_int *nn_perform(t_int *w) {
    t_nn *x = (t_nn *)w[1];
    int n = x->frames, wanted = x->outlets * n * (int)sizeof(float), got = 0;
    for (int i = 0; i < x->inlets; i++)
        for (int j = 0; j < n; j++) x->request[i * n + j] = x->vectors[i][j];
    char kind = ask('p', x->number, x->request, x->inlets * n * (int)sizeof(float), x->answer,
                    wanted + TEXT_BYTES, &got);
    int whole = kind == 'k' && got >= wanted;
    for (int i = 0; i < x->outlets; i++)
        for (int j = 0; j < n; j++) x->vectors[x->inlets + i][j] = whole ? x->answer[i * n + j] : 0;
    if (whole && got > wanted)
        complain(x, 'e', (char *)x->answer + wanted, got - wanted);
    else if (!whole)
        complain(x, kind, (char *)x->answer, got);
    return w + 2;
}

static void nn_dsp(t_nn *x, t_signal **signals) {
    int n = x->frames = signals[0]->s_n;
    x->request = realloc(x->request, x->inlets * n * sizeof(float));
    x->answer = realloc(x->answer, x->outlets * n * sizeof(float) + TEXT_BYTES);
    for (int i = 0; i < x->inlets + x->outlets; i++) x->vectors[i] = signals[i]->s_vec;
    dsp_add(nn_perform, 1, x);
}

/* --- messages ---------------------------------------------------------------------------------------- */

/* Words, one a line, to the process, as a request of `kind`. */
static char tell(t_nn *x, char kind, void *answer, int room, int *got, t_symbol *first, int argc,
                 t_atom *argv) {
    char text[TEXT_BYTES], word[TEXT_BYTES];
    int length = snprintf(text, sizeof text, "%s", first->s_name);
    for (int i = 0; i < argc && length < (int)sizeof text; i++) {
        atom_string(argv + i, word, sizeof word);
        const char *plain = argv[i].a_type == A_SYMBOL ? argv[i].a_w.w_symbol->s_name : word;
        length += snprintf(text + length, sizeof text - length, "\n%s", plain);
    }
    return ask(kind, x->number, text, length, answer, room, got);
}

static void nn_message(t_nn *x, t_symbol *selector, int argc, t_atom *argv) {
    char answer[TEXT_BYTES];
    int got = 0;
    char kind = tell(x, 'm', answer, sizeof answer, &got, selector, argc, argv);
    complain(x, kind, answer, got);
}

/* --- life -------------------------------------------------------------------------------------------- */

static void nn_free(t_nn *x) {
    char answer;
    int got;
    if (x->inlets) ask('c', x->number, NULL, 0, &answer, 0, &got);
    free(x->vectors);
    free(x->request);
    free(x->answer);
}

/* The whole path of a file named as in a patch: beside the patch or on Pd's search path. */
static t_symbol *find(const char *name) {
    char folder[MAXPDSTRING], path[2 * MAXPDSTRING], *file;
    const char *extension = strlen(name) > 3 && !strcmp(name + strlen(name) - 3, ".ts") ? "" : ".ts";
    int fd = canvas_open(canvas_getcurrent(), name, extension, folder, &file, sizeof folder, 1);
    if (fd < 0) return NULL;
    sys_close(fd);
    snprintf(path, sizeof path, "%s/%s", folder, file);
    return gensym(path);
}

static void *nn_new(t_symbol *name, int argc, t_atom *argv) {
    t_nn *x = (t_nn *)pd_new(nn_class);
    t_symbol *file = find(atom_getsymbolarg(0, argc, argv)->s_name);
    t_symbol *method = argc > 1 ? atom_getsymbolarg(1, argc, argv) : gensym("forward");
    t_atom rest[2];
    int shape[TEXT_BYTES / sizeof(int)], got = 0;
    SETSYMBOL(rest, method);
    SETFLOAT(rest + 1, argc > 2 ? atom_getfloatarg(2, argc, argv) : DEFAULT_BUFFER);
    x->number = ++objects_made;
    char kind = file ? tell(x, 'o', shape, sizeof shape, &got, file, 2, rest) : 0;
    if (kind != 'k' || got != 2 * (int)sizeof(int)) {
        if (!file)
            pd_error(x, "%s: %s: there is no such file", name->s_name, atom_getsymbolarg(0, argc, argv)->s_name);
        else
            complain(x, kind, (char *)shape, got);
        pd_free(&x->object.te_pd);
        return NULL;
    }
    x->inlets = shape[0];
    x->outlets = shape[1];
    x->vectors = calloc(x->inlets + x->outlets, sizeof *x->vectors);
    for (int i = 1; i < x->inlets; i++) signalinlet_new(&x->object, 0);
    for (int i = 0; i < x->outlets; i++) outlet_new(&x->object, &s_signal);
    return x;
}

void nn_tilde_setup(void) {
    nn_class = class_new(gensym("nn~"), (t_newmethod)nn_new, (t_method)nn_free, sizeof(t_nn), CLASS_DEFAULT,
                         A_GIMME, 0);
    CLASS_MAINSIGNALIN(nn_class, t_nn, scalar);
    class_addmethod(nn_class, (t_method)nn_dsp, gensym("dsp"), A_CANT, 0);
    const char *messages[] = {"set", "enable", "reload", "bufsize"};
    for (int i = 0; i < 4; i++)
        class_addmethod(nn_class, (t_method)nn_message, gensym(messages[i]), A_GIMME, 0);
}
