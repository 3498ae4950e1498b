/* Embedding: sums of two rows; gradients of tokens that repeat, against finite differences. */
#include "lib/nn/ops.h"
#include "tests/unit/nn/difference.h"

#define ENTRIES 5
#define LENGTH  4
#define ROWS    8
#define WIDTH   35

struct embedding {
    float table[ENTRIES * WIDTH], positions[LENGTH * WIDTH], y[ROWS * WIDTH], dy[ROWS * WIDTH];
};

static const int32_t tokens[ROWS] = {0, 3, 3, 1, 4, 0, 3, 2};

static double loss(void *ctx)
{
    struct embedding *t = ctx;
    embedding_forward(NULL, t->y, tokens, t->table, t->positions, ROWS, LENGTH, WIDTH);
    return difference_dot(t->y, t->dy, ROWS * WIDTH);
}

int main(void)
{
    struct embedding t;
    float dtable[2][ENTRIES * WIDTH] = {{0}}, dpositions[2][LENGTH * WIDTH] = {{0}};
    difference_fill(t.table, ENTRIES * WIDTH, 1, 1);
    difference_fill(t.positions, LENGTH * WIDTH, 2, 1);
    difference_fill(t.dy, ROWS * WIDTH, 3, 1);
    loss(&t);
    NEAR((double)t.y[6 * WIDTH + 2], (double)t.table[3 * WIDTH + 2] + (double)t.positions[2 * WIDTH + 2], 1e-6,
         "a row is the token's and the position's");
    for (int i = 0; i < 2; i++) {
        struct pool *pool = pool_new(i == 0 ? 1 : 3);
        embedding_backward(pool, dtable[i], dpositions[i], t.dy, tokens, ROWS, LENGTH, WIDTH);
        pool_free(pool);
    }
    difference_check(loss, &t, t.table, dtable[0], ENTRIES * WIDTH, 1e-4, "embedding: dtable");
    difference_check(loss, &t, t.positions, dpositions[0], LENGTH * WIDTH, 1e-4, "embedding: dpositions");
    OK(memcmp(dtable[0], dtable[1], sizeof dtable[0]) == 0 &&
           memcmp(dpositions[0], dpositions[1], sizeof dpositions[0]) == 0,
       "three threads give the bits of one");
    return DONE();
}
