using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tokenizers;

/// <summary>What the files beside a tokenizer say is used, or named.</summary>
public sealed class TokenizerWarningsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public TokenizerWarningsTests() => ByteTokenizer.WriteTo(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_used_or_says_nothing_gives_no_warning()
    {
        _folder.Write("tokenizer_config.json", """
            {"tokenizer_class": "LlamaTokenizer", "legacy": false, "bos_token": "<s>", "eos_token": {"content": "</s>"}, "model_max_length": 1e30,
             "sp_model_kwargs": {}, "use_default_system_prompt": false, "do_lower_case": false, "padding_side": "right"}
            """);

        Assert.Empty(TextTokenizer.Open(_folder.Path).Warnings);
    }

    [Fact]
    public void Keys_that_nothing_uses_are_named()
    {
        var path = _folder.Write("tokenizer_config.json", """{"do_lower_case": true, "sp_model_kwargs": {"enable_sampling": true}, "split_special_tokens": true}""");

        Assert.Equal([$"'{path}' has keys that nothing here uses: do_lower_case, sp_model_kwargs, split_special_tokens."], TextTokenizer.Open(_folder.Path).Warnings);
    }

    [Fact]
    public void Marks_that_a_configuration_and_a_tokenizer_name_differently_are_named()
    {
        _folder.Write("tokenizer_config.json", """{"added_tokens_decoder": {"259": {"content": "<|end|>", "special": true}}, "eos_token": "<|end|>", "bos_token": "</s>"}""");
        var path = _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 260, "bos_token_id": 1, "eos_token_id": [2]}""");

        Assert.Equal(
            [
                $"'{path}' begins a text with <s> (1) (bos_token_id), the tokenizer with </s> (2): what is in config.json counts.",
                $"'{path}' ends a text with </s> (2) (eos_token_id), the tokenizer with <|end|> (259): rows are learnt with the former.",
            ],
            TextTokenizer.Open(_folder.Path).Warnings);
        _folder.Write("generation_config.json", """{"eos_token_id": [2, 259]}""");
        Assert.Equal(2, TextTokenizer.Open(_folder.Path).Warnings.Count);
        Assert.Equal([2, 259], TextTokenizer.Open(_folder.Path).StopIds);
    }

    [Fact]
    public void Keys_of_generation_config_that_are_not_read_are_named()
    {
        Assert.Empty(GenerationConfigFile.Unused(_folder.Path));
        _folder.Write("generation_config.json", """{"eos_token_id": 2, "do_sample": true, "temperature": 0.6, "transformers_version": "4.40.0", "max_length": null}""");

        Assert.Equal(["do_sample", "temperature"], GenerationConfigFile.Unused(_folder.Path));
    }
}
