namespace FlGlm.Client.Data.Families;

/// <summary>Whose text form a checkpoint has.</summary>
internal enum FamilyName
{
    /// <summary>Llama and Llama-2.</summary>
    Llama,

    /// <summary>ChatGLM-6B.</summary>
    ChatGlm,

    /// <summary>ChatGLM2 and ChatGLM3, which share a tokenizer file.</summary>
    ChatGlm2,
}
