using System.Text.Json;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>Writes a Hugging Face model directory. A reader, or a crash at any moment, finds it whole: as it was before, or as it is now.</summary>
public static class HfCheckpointWriter
{
    private static readonly string[] Companions =
    [
        "tokenizer.model",
        "ice_text.model",
        "tokenizer.json",
        "vocab.json",
        "merges.txt",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "generation_config.json",
        "chat_template.jinja",
    ];

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c>, and copies the tokenizer's files and the Python code that transformers needs for a ChatGLM.</summary>
    /// <param name="directory">The directory to make or to write into.</param>
    /// <param name="config">The root of <c>config.json</c>, e.g. that of the checkpoint that was trained.</param>
    /// <param name="tensors">Names, types and shapes of the weights, in any order.</param>
    /// <param name="tensorOf">Returns one weight; the tensors that it creates are disposed after writing.</param>
    /// <param name="companionsFrom">The directory that holds the tokenizer, where there is one.</param>
    /// <exception cref="CheckpointException">The files cannot be written.</exception>
    public static void Write(
        string directory, JsonElement config, IEnumerable<TensorInfo> tensors, Func<string, Tensor> tensorOf, string? companionsFrom = null) =>
        AtomicDirectory.Write(directory, target =>
        {
            SafetensorsWriter.Write(Path.Combine(target, "model.safetensors"), tensors, tensorOf);
            JsonFile.Write(Path.Combine(target, "config.json"), config);
            if (companionsFrom is not null)
                CopyCompanions(companionsFrom, target);
        });

    private static void CopyCompanions(string from, string target)
    {
        IEnumerable<string> code = Directory.Exists(from) ? Directory.EnumerateFiles(from, "*.py") : [];
        foreach (var path in Companions.Select(name => Path.Combine(from, name)).Where(File.Exists).Concat(code))
        {
            AtomicFile.Write(Path.Combine(target, Path.GetFileName(path)), stream =>
            {
                using var input = File.OpenRead(path);
                input.CopyTo(stream);
            });
        }
    }
}
