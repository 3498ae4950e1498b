/* tiny_model: a GPT-2 of one layer with weights from a fixed generator, as safetensors and config.json. */
#ifndef TESTS_UNIT_EVALUATE_TINY_MODEL_H
#define TESTS_UNIT_EVALUATE_TINY_MODEL_H

#include "lib/nn/model.h"
#include "tests/unit/evaluate/bench.h"

#define TINY_CONTEXT 8
#define TINY_WIDTH   16
#define TINY_CONFIG                                                                                                    \
    "{\"model_type\":\"gpt2\",\"architectures\":[\"GPT2LMHeadModel\"],\"vocab_size\":257,\"n_positions\":8,\"n_ctx\":" \
    "8,"                                                                                                               \
    "\"n_embd\":16,\"n_layer\":1,\"n_head\":2,\"n_inner\":64,\"activation_function\":\"gelu_new\","                    \
    "\"layer_norm_epsilon\":1e-05,\"tie_word_embeddings\":true,\"bos_token_id\":256,\"eos_token_id\":256,"             \
    "\"resid_pdrop\":0.0,\"embd_pdrop\":0.0,\"attn_pdrop\":0.0}"

struct tiny_tensor {
    const char *name;
    size_t rows, columns; /* rows 0: one dimension */
};

static const struct tiny_tensor tiny_tensors[] = {
    {"transformer.wte.weight", BENCH_VOCABULARY, TINY_WIDTH},
    {"transformer.wpe.weight", TINY_CONTEXT, TINY_WIDTH},
    {"transformer.h.0.ln_1.weight", 0, TINY_WIDTH},
    {"transformer.h.0.ln_1.bias", 0, TINY_WIDTH},
    {"transformer.h.0.attn.c_attn.weight", TINY_WIDTH, 3 * TINY_WIDTH},
    {"transformer.h.0.attn.c_attn.bias", 0, 3 * TINY_WIDTH},
    {"transformer.h.0.attn.c_proj.weight", TINY_WIDTH, TINY_WIDTH},
    {"transformer.h.0.attn.c_proj.bias", 0, TINY_WIDTH},
    {"transformer.h.0.ln_2.weight", 0, TINY_WIDTH},
    {"transformer.h.0.ln_2.bias", 0, TINY_WIDTH},
    {"transformer.h.0.mlp.c_fc.weight", TINY_WIDTH, 4 * TINY_WIDTH},
    {"transformer.h.0.mlp.c_fc.bias", 0, 4 * TINY_WIDTH},
    {"transformer.h.0.mlp.c_proj.weight", 4 * TINY_WIDTH, TINY_WIDTH},
    {"transformer.h.0.mlp.c_proj.bias", 0, TINY_WIDTH},
    {"transformer.ln_f.weight", 0, TINY_WIDTH},
    {"transformer.ln_f.bias", 0, TINY_WIDTH},
};
#define TINY_TENSORS (sizeof tiny_tensors / sizeof *tiny_tensors)

/* Weights between -scale and scale; scale 0 gives a model that finds every token equally likely. */
static inline struct map tiny_weights(struct arena *arena, double scale)
{
    struct buf header, file;
    buf_init(&header, arena);
    buf_init(&file, arena);
    buf_text(&header, "{\"__metadata__\":{\"format\":\"pt\"}");
    size_t offset = 0;
    for (size_t i = 0; i < TINY_TENSORS; i++) {
        const struct tiny_tensor *tensor = &tiny_tensors[i];
        size_t bytes = (tensor->rows ? tensor->rows : 1) * tensor->columns * sizeof(float);
        buf_printf(&header, ",\"%s\":{\"dtype\":\"F32\",\"shape\":[", tensor->name);
        if (tensor->rows)
            buf_printf(&header, "%zu,", tensor->rows);
        buf_printf(&header, "%zu],\"data_offsets\":[%zu,%zu]}", tensor->columns, offset, offset + bytes);
        offset += bytes;
    }
    buf_char(&header, '}');
    while (header.len % 64 != 56)
        buf_char(&header, ' ');
    uint64_t length = header.len;
    buf_add(&file, &length, 8);
    buf_add(&file, header.data, header.len);
    uint32_t state = 1;
    for (size_t i = 0; i < offset / sizeof(float); i++) {
        state = state * 1664525u + 1013904223u;
        float weight = (float)(scale * ((double)(state >> 8) / 8388608.0 - 1));
        buf_add(&file, &weight, sizeof weight);
    }
    return (struct map){.data = arena_copy(arena, file.data, file.len), .size = file.len};
}

#endif
