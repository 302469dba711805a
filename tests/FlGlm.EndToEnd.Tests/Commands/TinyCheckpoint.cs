using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Commands;

/// <summary>A Llama of 4 blocks, H 32, V 64, as <c>flglm init</c> makes it.</summary>
internal static class TinyCheckpoint
{
    public const string Config =
        """
        {
          "model_type": "llama", "num_hidden_layers": 4, "hidden_size": 32, "intermediate_size": 48, "num_attention_heads": 4,
          "num_key_value_heads": 2, "vocab_size": 64, "max_position_embeddings": 128, "rms_norm_eps": 1e-5, "pad_token_id": 3,
          "attention_bias": true, "torch_dtype": "float32"
        }
        """;

    /// <summary>Makes the checkpoint and returns its directory.</summary>
    public static async Task<string> MakeAsync(TempFolder folder, string name, string seed, params string[] more)
    {
        var target = Path.Combine(folder.Path, name);
        var run = await CommandRun.OfAsync(["init", "--config", folder.Write("tiny.json", Config), "--seed", seed, "--out", target, .. more]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return target;
    }
}
